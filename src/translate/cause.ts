import { ValueType } from '../otlp/attribute-list.ts'
import { K } from '../otlp/known-keys.ts'
import { ProtoReader } from '../otlp/proto-reader.ts'
import { isWord } from '../otlp/read-key-value.ts'
import { SpanKind, StatusCode } from '../otlp/span-view.ts'
import { readEvent, type SpanEvent } from './read-event.ts'
import { type Exception, parseStack } from './stack/parse-stack.ts'
import type { SpanContext } from './span-context.ts'

const decoder = new TextDecoder()

/** Why a span failed, as X-Ray has it. */
export interface Cause {
  /** Each points with `cause` to the one that caused it. */
  readonly exceptions: readonly Exception[]
  /** Where the status text stands that became the message, or -1; it is no metadata then. */
  readonly statusText: number
  /** Stack traces of languages that are not parsed, by the exception's id. */
  readonly rawStacks: Readonly<Record<string, string>>
}

/**
 * The cause of a span: its exception events, and the failed tries of an AWS SDK call; if it has none and its status is
 * an error, the status message.
 */
export function causeOf(c: SpanContext): Cause | undefined {
  const { span } = c
  if (span.events.length > 0) {
    const found = fromEvents(c)
    if (found !== undefined) return found
  }
  if (span.statusCode !== StatusCode.error) return undefined
  const statusText = c.slot(K['http.status_text'])
  const own = decoder.decode(span.bytes.subarray(span.statusMessage.start, span.statusMessage.end))
  const message = own !== '' || statusText < 0 ? own : span.attributes.text(statusText)
  const exceptions = message === '' ? [] : [{ id: newId(c), message, type: '' }]
  return { exceptions, statusText, rawStacks: {} }
}

function fromEvents(c: SpanContext): Cause | undefined {
  const reader = new ProtoReader()
  reader.bytes = c.span.bytes
  const { isAwsSdk, span } = c
  const remote = span.kind === SpanKind.client || span.kind === SpanKind.producer
  const exceptions: Exception[] = []
  const rawStacks: Record<string, string> = {}
  let found = false
  for (const range of span.events) {
    const event = readEvent(reader, range, c.keys)
    if (isWord(span.bytes, event.name.start, event.name.end, 'exception')) {
      found = true
      exceptions.push(...exceptionOf(c, event, remote, rawStacks))
    } else if (isAwsSdk && isWord(span.bytes, event.name.start, event.name.end, 'HTTP request failure')) {
      found = true
      const failure = failedTry(c, event)
      if (failure !== undefined) exceptions.push(failure)
    }
  }
  return found ? { exceptions, statusText: -1, rawStacks } : undefined
}

function exceptionOf(c: SpanContext, event: SpanEvent, remote: boolean, raw: Record<string, string>): Exception[] {
  const text = (id: number): string => {
    const i = event.attributes.indexOf(id)
    return i < 0 ? '' : event.attributes.text(i)
  }
  const top: Exception = {
    id: newId(c),
    message: text(K['exception.message']),
    type: text(K['exception.type']),
    remote,
  }
  const stack = text(K['exception.stacktrace'])
  if (stack === '') return [top]
  const parsed = parseStack(c.resource.language, stack, top, () => newId(c))
  if (parsed === undefined) raw[top.id] = stack
  return parsed ?? [top]
}

/** One try of an AWS SDK call that was answered with an error: `status@time@message`. */
function failedTry(c: SpanContext, event: SpanEvent): Exception | undefined {
  const { attributes } = event
  const code = attributes.indexOf(K['http.response.status_code'])
  const message = attributes.indexOf(K['aws.http.error_message'])
  if (code < 0 || message < 0) return undefined
  const status = attributes.type(code) === ValueType.int ? String(attributes.int(code)) : attributes.text(code)
  const micros = String(Math.floor(event.nanos / 1000)).padStart(6, '0')
  return {
    id: newId(c),
    message: `${status}@${event.seconds}.${micros}@${attributes.text(message)}`,
    type: 'aws.http.error.event',
    remote: true,
  }
}

function newId(c: SpanContext): string {
  return Buffer.from(c.ids.next()).toString('hex')
}

/** True if the event became a part of the cause. */
export function isCauseEvent(c: SpanContext, event: SpanEvent): boolean {
  const { bytes } = c.span
  return isWord(bytes, event.name.start, event.name.end, 'exception') ||
    (c.isAwsSdk && isWord(bytes, event.name.start, event.name.end, 'HTTP request failure'))
}
