import { byteAt } from '../bytes/byte-at.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { Place, placeAt, type Spread } from './spread-attributes.ts'
import { L, literal } from './literal.ts'
import { type DescribeOptions, writeOtelMembers } from './write-otel-members.ts'
import { describeResource, type ResourceTranslation } from './translate-resource.ts'
import type { SpanContext } from './span-context.ts'
import { writeValue } from './write-value.ts'

const text = {
  annotations: literal('"annotations":{'),
  metadata: literal('"metadata":{'),
  default: literal('"default":{'),
  otel: literal('"otel":{'),
  end: literal('},'),
}

const noResource: Pick<ResourceTranslation, 'metadata' | 'annotations' | 'annotationCount'> = {
  metadata: new Uint8Array(0),
  annotations: new Uint8Array(0),
  annotationCount: 0,
}

/** Writes `annotations` and `metadata`, each with a comma behind it. */
export function writeDescription(w: DocumentWriter, c: SpanContext, options: DescribeOptions): void {
  const { spread } = options
  const list = c.span.attributes
  const resource = options.withResource ? resourceOf(c, spread) : noResource
  if ((spread.all & Place.annotation) !== 0 || resource.annotationCount > 0) {
    w.raw(text.annotations)
    w.raw(resource.annotations)
    for (let i = 0; i < list.count; i++) {
      if ((placeAt(spread, i) & Place.annotation) === 0) continue
      w.raw(list.key(i).annotationMember)
      writeValue(w, list, i, c.keys)
      w.char(L.comma)
    }
    endObject(w)
  }
  w.raw(text.metadata)
  const given = (spread.all & Place.namespace) !== 0 ? givenMetadata(c, spread) : undefined
  writeDefault(w, c, options, resource.metadata, given)
  if (given !== undefined) {
    for (const [name, value] of given.namespaces) {
      w.json(name)
      w.char(L.colon)
      w.raw(literal(options.withAttributes ? value : '{}'))
      w.char(L.comma)
    }
  }
  const start = w.length
  w.raw(text.otel)
  const inside = w.length
  writeOtelMembers(w, c, options)
  if (w.length === inside) w.length = start
  else endObject(w)
  endObject(w)
}

function resourceOf(c: SpanContext, spread: Spread): typeof noResource {
  if (spread.alsoIndexed.size === 0) return c.resource
  return describeResource(c.resource.attributes, c.keys, spread.alsoIndexed)
}

/** Closes an object whose members end with a comma, and puts a comma behind it. */
function endObject(w: DocumentWriter): void {
  if (byteAt(w.bytes, w.length - 1) === L.comma) w.length--
  w.raw(text.end)
}

function writeDefault(
  w: DocumentWriter,
  c: SpanContext,
  options: DescribeOptions,
  resource: Uint8Array,
  given: GivenMetadata | undefined,
): void {
  const list = c.span.attributes
  const start = w.length
  w.raw(text.default)
  const inside = w.length
  w.raw(resource)
  for (let i = 0; options.withAttributes && i < list.count; i++) {
    const kept = placeAt(options.spread, i) === Place.metadata || given?.kept.has(i) === true
    if (!kept || given?.members.has(list.key(i).name) === true) continue
    w.raw(list.key(i).member)
    writeValue(w, list, i, c.keys)
    w.char(L.comma)
  }
  for (const [name, value] of options.withAttributes ? (given?.members ?? []) : []) {
    w.json(name)
    w.char(L.colon)
    w.json(value)
    w.char(L.comma)
  }
  const isEmptied = !options.withAttributes && (options.spread.all & (Place.metadata | Place.namespace)) !== 0
  if (w.length === inside && !isEmptied) w.length = start
  else endObject(w)
}

/** What `aws.xray.metadata.<namespace>` attributes give, which are JSON objects as text. */
interface GivenMetadata {
  /** Of the namespace `default`. */
  readonly members: ReadonlyMap<string, unknown>
  /** Of the others: the JSON text of each. */
  readonly namespaces: ReadonlyMap<string, string>
  /** Attributes that are no JSON objects, and stay what they are. */
  readonly kept: ReadonlySet<number>
}

function givenMetadata(c: SpanContext, spread: Spread): GivenMetadata {
  const list = c.span.attributes
  const members = new Map<string, unknown>()
  const namespaces = new Map<string, string>()
  const kept = new Set<number>()
  for (let i = 0; i < list.count; i++) {
    const { metadataNamespace } = list.key(i)
    if (placeAt(spread, i) !== Place.namespace || metadataNamespace === undefined) continue
    const object = parseObject(list.text(i))
    if (object === undefined) kept.add(i)
    else if (metadataNamespace.toLowerCase() === 'default') {
      for (const [name, value] of Object.entries(object)) members.set(name, value)
    } else namespaces.set(metadataNamespace, JSON.stringify(object))
  }
  return { members, namespaces, kept }
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
