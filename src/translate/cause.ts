import { bytesEqualText } from '../bytes/bytes-equal-text.ts'
import { ValueType } from '../otlp/attribute-list.ts'
import { readEvent, type SpanEvent } from '../otlp/read-event.ts'
import { SpanKind, StatusCode } from '../otlp/span-view.ts'
import { type AttributeKey, indexOfKey } from './attribute-key.ts'
import { K } from './known-keys.ts'
import { type Exception, parseStack } from './stack/parse-stack.ts'
import type { TranslationContext } from './translation-context.ts'

const decoder = new TextDecoder()

/** Why a span failed, for X-Ray's `cause`. */
export interface Cause {
  /** Each names in `cause` the one that caused it. */
  readonly exceptions: readonly Exception[]
  /** The index of the attribute that may be the message, so that it is no metadata; or -1. */
  readonly statusText: number
  /** Stack traces of languages that are not parsed, by the exception's id. */
  readonly rawStacks: Readonly<Record<string, string>>
}

/**
 * The cause of a span: its exception events, and the failed attempts of an AWS SDK call; without these the status
 * message, if the status is an error. Draws an id for each exception.
 */
export function causeOf(c: TranslationContext): Cause | undefined {
  const { span } = c
  if (span.events.length > 0) {
    const found = fromEvents(c)
    if (found !== undefined) return found
  }
  if (span.statusCode !== StatusCode.error) return undefined
  const statusText = c.slot(K['http.status_text'])
  const ofStatus = decoder.decode(span.bytes.subarray(span.statusMessage.start, span.statusMessage.end))
  const message = ofStatus !== '' || statusText < 0 ? ofStatus : span.attributes.text(statusText)
  const exceptions = message === '' ? [] : [{ id: newId(c), message, type: '' }]
  return { exceptions, statusText, rawStacks: {} }
}

function fromEvents(c: TranslationContext): Cause | undefined {
  const { isAwsSdk, span } = c
  const remote = span.kind === SpanKind.client || span.kind === SpanKind.producer
  const exceptions: Exception[] = []
  const rawStacks: Record<string, string> = {}
  let found = false
  for (const range of span.events) {
    const event = readEvent(span.bytes, range, c.keys)
    if (bytesEqualText(span.bytes, event.name.start, event.name.end, 'exception')) {
      found = true
      exceptions.push(...exceptionOf(c, event, remote, rawStacks))
    } else if (isAwsSdk && bytesEqualText(span.bytes, event.name.start, event.name.end, 'HTTP request failure')) {
      found = true
      const failure = failedAttempt(c, event)
      if (failure !== undefined) exceptions.push(failure)
    }
  }
  return found ? { exceptions, statusText: -1, rawStacks } : undefined
}

function exceptionOf(
  c: TranslationContext,
  event: SpanEvent<AttributeKey>,
  remote: boolean,
  raw: Record<string, string>,
): Exception[] {
  const text = (id: number): string => {
    const i = indexOfKey(event.attributes, id)
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

/** An attempt of an AWS SDK call that failed, as the exporter words it: `status@time@message`. */
function failedAttempt(c: TranslationContext, event: SpanEvent<AttributeKey>): Exception | undefined {
  const { attributes } = event
  const code = indexOfKey(attributes, K['http.response.status_code'])
  const message = indexOfKey(attributes, K['aws.http.error_message'])
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

function newId(c: TranslationContext): string {
  return Buffer.from(c.ids.next()).toString('hex')
}

/** True if the event belongs to the cause. */
export function isCauseEvent(c: TranslationContext, event: SpanEvent<AttributeKey>): boolean {
  const { bytes } = c.span
  return bytesEqualText(bytes, event.name.start, event.name.end, 'exception') ||
    (c.isAwsSdk && bytesEqualText(bytes, event.name.start, event.name.end, 'HTTP request failure'))
}
