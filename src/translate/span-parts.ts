import type { SpanParts } from '../otlp/find-span.ts'
import type { OtlpJson, OtlpValue } from '../otlp/protobuf-to-json.ts'

/** A field, attribute, event or scope member of a span, and spans that differ from it in that part. */
export interface SpanPart {
  /** Such as `traceId`, `attributes.http.method`, `resource.service.name` or `events.0`. */
  readonly from: string
  readonly value: unknown
  /** The first that changes a document shows where the part goes. */
  readonly variants: readonly (() => SpanParts)[]
  /** The message that it is in, and where there; the index in a list. */
  readonly owner: keyof SpanParts
  readonly name: string
  readonly index?: number
}

/** The parts of a span, its resource and its scope, in their order. */
export function spanParts(parts: SpanParts): SpanPart[] {
  return (['span', 'resource', 'scope'] as const).flatMap((owner) => partsOf(parts, owner))
}

/** The span without some of its parts; what every span needs has another value instead. */
export function withoutParts(parts: SpanParts, removed: readonly SpanPart[]): SpanParts {
  const rest = { ...parts }
  for (const { owner, name } of removed.filter(({ index }) => index === undefined)) {
    rest[owner] = owner === 'span' ? otherField(rest.span, name) : without(rest[owner], name)
  }
  // The highest index first, so that the others stay right.
  const entries = removed.flatMap((part) => part.index === undefined ? [] : [{ ...part, index: part.index }])
  for (const { owner, name, index } of entries.sort((a, b) => b.index - a.index)) {
    rest[owner] = { ...rest[owner], [name]: listOf(rest[owner], name).toSpliced(index, 1) }
  }
  return rest
}

function partsOf(parts: SpanParts, owner: keyof SpanParts): SpanPart[] {
  const message = parts[owner]
  return Object.entries(message).flatMap(([name, value]): SpanPart[] => {
    if (Array.isArray(value) && name !== 'links') {
      return value.map((entry, index) => {
        const part = { ...describe(owner === 'span' ? name : owner, index, entry), owner, name, index, variants: [] }
        const removed = (): SpanParts => withoutParts(parts, [part])
        // If it is gone, another attribute of the same value may take its place; only another value shows that.
        const changed = (): SpanParts => ({
          ...parts,
          [owner]: { ...message, [name]: value.with(index, otherAttribute(entry)) },
        })
        return { ...part, variants: [removed, changed] }
      })
    }
    const part = { from: owner === 'span' ? name : `${owner}.${name}`, value, owner, name, variants: [] }
    return [{ ...part, variants: [() => withoutParts(parts, [part])] }]
  })
}

function listOf(message: OtlpJson, name: string): OtlpValue[] {
  const value = message[name]
  return Array.isArray(value) ? value : []
}

function describe(list: string, i: number, entry: OtlpValue): { from: string; value: unknown } {
  const { key, value } = Object(entry)
  return typeof key === 'string'
    ? { from: `${list}.${key}`, value: plain(value) }
    : { from: `${list}.${i}`, value: entry }
}

/** The value of an AnyValue; an array or a map stays as it is. */
function plain(value: unknown): unknown {
  const [[kind, inner] = []] = Object.entries(Object(value))
  return kind === 'intValue' ? Number(inner) : inner
}

/** The message with another value of a field; without it, unless a span needs it. */
function otherField(span: OtlpJson, name: string): OtlpJson {
  const value = String(span[name])
  switch (name) {
    case 'traceId':
    case 'spanId':
      return { ...span, [name]: otherText(value) }
    case 'startTimeUnixNano':
    case 'endTimeUnixNano':
      return { ...span, [name]: String(BigInt(value) + 1_000_000_000n) }
    case 'name':
      return { ...span, [name]: `${value}~` }
    default:
      return without(span, name)
  }
}

function without(message: OtlpJson, name: string): OtlpJson {
  const { [name]: _, ...rest } = message
  return rest
}

/** An attribute with the same key and another value; anything else is returned as it is. */
function otherAttribute(entry: OtlpValue): OtlpValue {
  const { key, value } = Object(entry)
  const [[kind, inner] = []] = Object.entries(Object(value))
  if (kind === undefined || typeof key !== 'string') return entry
  switch (kind) {
    case 'stringValue':
      return { key, value: { [kind]: otherText(String(inner)) } }
    case 'intValue':
      return { key, value: { [kind]: String(BigInt(String(inner)) - 1n) } }
    case 'boolValue':
      return { key, value: { [kind]: inner !== true } }
    default:
      return entry
  }
}

/** Another text of the same form: an id or an address stays one. */
function otherText(text: string): string {
  return /[0-9a-f]$/.test(text) ? text.slice(0, -1) + (text.endsWith('1') ? '2' : '1') : `${text}~`
}
