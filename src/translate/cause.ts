import { bytesEqualText } from '../bytes/bytes-equal-text.ts'
import { cutUtf8 } from '../bytes/cut-utf8.ts'
import { ValueType } from '../otlp/attribute-list.ts'
import { MAX_TEXT_BYTES } from '../otlp/limits.ts'
import { readEvent, type SpanEvent } from '../otlp/read-event.ts'
import { SpanKind, StatusCode } from '../otlp/span-view.ts'
import { type AttributeKey, type Attributes, indexOfKey } from './attribute-key.ts'
import { K } from './known-keys.ts'
import { type Exception, isReadFromEnd, parseStack } from './stack/parse-stack.ts'
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
  /** True if exceptions or stack traces were left out, as there are too many. */
  readonly isCut: boolean
}

/** Texts of the exceptions of a span that are looked at, in characters, and exceptions. */
const MAX_CAUSE_CHARS = 1 << 18
const MAX_EXCEPTIONS = 500

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
  const { start, end } = span.statusMessage
  const ofStatus = decoder.decode(span.bytes.subarray(start, cutUtf8(span.bytes, start, end, MAX_TEXT_BYTES)))
  const message = ofStatus !== '' || statusText < 0 ? ofStatus : span.attributes.text(statusText)
  const exceptions = message === '' ? [] : [{ id: newId(c), message, type: '' }]
  return { exceptions, statusText, rawStacks: {}, isCut: false }
}

function fromEvents(c: TranslationContext): Cause | undefined {
  const { isAwsSdk, span } = c
  const remote = span.kind === SpanKind.client || span.kind === SpanKind.producer
  const exceptions: Exception[] = []
  const rawStacks: Record<string, string> = {}
  let found = false
  let chars = 0
  let isCut = false
  for (const range of span.events) {
    if (chars > MAX_CAUSE_CHARS || exceptions.length >= MAX_EXCEPTIONS) {
      isCut = true
      break
    }
    const { event } = c
    readEvent(span.bytes, range, c.keys, event)
    if (bytesEqualText(span.bytes, event.name.start, event.name.end, 'exception')) {
      found = true
      const { list, stackChars, isStackCut } = exceptionOf(c, event, remote, rawStacks)
      chars += stackChars
      isCut ||= isStackCut
      for (const exception of list) {
        exceptions.push(exception)
        chars += exception.message.length + exception.type.length
      }
    } else if (isAwsSdk && bytesEqualText(span.bytes, event.name.start, event.name.end, 'HTTP request failure')) {
      found = true
      const failure = failedAttempt(c, event)
      if (failure !== undefined) exceptions.push(failure)
    }
  }
  return found ? { exceptions, statusText: -1, rawStacks, isCut } : undefined
}

function exceptionOf(
  c: TranslationContext,
  event: SpanEvent<AttributeKey>,
  remote: boolean,
  raw: Record<string, string>,
): { list: readonly Exception[]; stackChars: number; isStackCut: boolean } {
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
  const { language } = c.resource
  const [stack, isStackCut] = stackAt(
    event.attributes,
    indexOfKey(event.attributes, K['exception.stacktrace']),
    language,
  )
  if (stack === '') return { list: [top], stackChars: 0, isStackCut }
  const parsed = parseStack(language, stack, top, () => newId(c))
  if (parsed === undefined) raw[top.id] = stack
  return { list: parsed ?? [top], stackChars: stack.length, isStackCut }
}

/** Bytes of a stack trace that are parsed. */
const MAX_STACK_BYTES = 1 << 18

/** The stack trace at `i`, and whether it was cut. Of a language with the thrown exception at its end, that end is kept. */
function stackAt(list: Attributes, i: number, language: string): [string, boolean] {
  if (i < 0 || list.type(i) !== ValueType.string) return ['', false]
  const end = list.end(i)
  const start = list.start(i)
  if (end - start <= MAX_STACK_BYTES) return [decoder.decode(list.bytes.subarray(start, end)), false]
  const part = isReadFromEnd(language)
    ? list.bytes.subarray(end - MAX_STACK_BYTES, end)
    : list.bytes.subarray(start, start + MAX_STACK_BYTES)
  return [decoder.decode(part), true]
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

/** An exception with short texts and few frames. */
export function briefException(exception: Exception, maxText: number, maxFrames: number): Exception {
  const short = (value: string): string => value.slice(0, maxText).toWellFormed()
  const { message, type, stack = [], truncated = 0, ...rest } = exception
  const frames = stack.slice(0, maxFrames).map(({ path, line, label }) => ({
    path: short(path),
    line,
    label: short(label),
  }))
  return {
    ...rest,
    message: short(message),
    type: short(type),
    stack: frames,
    truncated: truncated + stack.length - frames.length,
  }
}
