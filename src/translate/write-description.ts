import { byteAt } from '../bytes/byte-at.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { briefDraft } from '../segment/draft-limits.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { RESOURCE_PREFIX } from './attribute-key.ts'
import { JsonToken } from './json-token.ts'
import { type AttributeRouting, AttributeTarget, targetOf } from './route-attributes.ts'
import { describeResource, type ResourceDescription } from './translate-resource.ts'
import type { TranslationContext } from './translation-context.ts'
import { type DescribeOptions, writeOtelMembers } from './write-otel-members.ts'
import { writeValue } from './write-value.ts'

const text = {
  annotations: escapeJson('"annotations":{'),
  metadata: escapeJson('"metadata":{'),
  default: escapeJson('"default":{'),
  otel: escapeJson('"otel":{'),
  end: escapeJson('},'),
}

const noResource: ResourceDescription = {
  isCut: false,
  metadata: new Uint8Array(0),
  annotations: new Uint8Array(0),
  annotationCount: 0,
}

/** Writes `annotations`, if there are any, and `metadata`, each with a comma after it. */
export function writeDescription(w: DocumentWriter, c: TranslationContext, options: DescribeOptions): void {
  const { routing } = options
  const list = c.span.attributes
  const resource = options.withResource ? resourceOf(w, c, routing) : noResource
  if ((routing.all & AttributeTarget.annotation) !== 0 || resource.annotationCount > 0) {
    w.raw(text.annotations)
    w.startPart('annotations')
    w.raw(resource.annotations)
    for (let i = 0; i < list.count; i++) {
      if ((targetOf(routing, i) & AttributeTarget.annotation) === 0) continue
      if (!w.hasRoom()) break
      w.raw(list.key(i).annotationMember)
      writeValue(w, list, i, c.keys)
      w.char(JsonToken.comma)
    }
    endObject(w)
  }
  w.raw(text.metadata)
  const given = (routing.all & AttributeTarget.namespace) !== 0 ? givenMetadata(c, routing) : undefined
  writeDefault(w, c, options, resource.metadata, given)
  if (given !== undefined) {
    w.startPart('metadata')
    for (const [name, value] of given.namespaces) {
      if (!w.hasRoom()) break
      w.json(name)
      w.char(JsonToken.colon)
      w.raw(escapeJson(options.withAttributes ? value : '{}'))
      w.char(JsonToken.comma)
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

function resourceOf(w: DocumentWriter, c: TranslationContext, routing: AttributeRouting): ResourceDescription {
  const { resource } = c
  if (resource.metadata.length + resource.annotations.length > w.limits.maxPart) {
    w.noteCut('metadata')
    return noResource
  }
  if (resource.isCut) w.noteCut('metadata')
  if (routing.alsoIndexed.size === 0 || w.limits === briefDraft) return resource
  const names = [...routing.alsoIndexed].filter((name) => name.startsWith(RESOURCE_PREFIX))
  if (names.length === 0) return resource
  return describeResource(resource.attributes, c.keys, new Set(names.map((name) => name.slice(RESOURCE_PREFIX.length))))
}

/** Closes an object whose members end with a comma, and writes a comma. */
function endObject(w: DocumentWriter): void {
  if (byteAt(w.bytes, w.length - 1) === JsonToken.comma) w.length--
  w.raw(text.end)
}

function writeDefault(
  w: DocumentWriter,
  c: TranslationContext,
  options: DescribeOptions,
  resource: Uint8Array,
  given: GivenMetadata | undefined,
): void {
  const list = c.span.attributes
  const start = w.length
  w.raw(text.default)
  const inside = w.length
  w.raw(resource)
  w.startPart('metadata')
  for (let i = 0; options.withAttributes && i < list.count; i++) {
    const isMetadata = targetOf(options.routing, i) === AttributeTarget.metadata || given?.plain.has(i) === true
    if (!isMetadata || given?.members.has(list.key(i).name) === true) continue
    if (!w.hasRoom()) break
    w.raw(list.key(i).member)
    writeValue(w, list, i, c.keys)
    w.char(JsonToken.comma)
  }
  for (const [name, value] of options.withAttributes ? (given?.members ?? []) : []) {
    if (!w.hasRoom()) break
    w.json(name)
    w.char(JsonToken.colon)
    w.json(value)
    w.char(JsonToken.comma)
  }
  const isEmptied = !options.withAttributes &&
    (options.routing.all & (AttributeTarget.metadata | AttributeTarget.namespace)) !== 0
  if (w.length === inside && !isEmptied) w.length = start
  else endObject(w)
}

/** Metadata from `aws.xray.metadata.<namespace>` attributes, whose strings are JSON objects. */
interface GivenMetadata {
  /** Of the namespace `default`. */
  readonly members: ReadonlyMap<string, unknown>
  /** Of the others: the JSON of each. */
  readonly namespaces: ReadonlyMap<string, string>
  /** The indexes of attributes that are no JSON objects, so that they are written as they are. */
  readonly plain: ReadonlySet<number>
}

function givenMetadata(c: TranslationContext, routing: AttributeRouting): GivenMetadata {
  const list = c.span.attributes
  const members = new Map<string, unknown>()
  const namespaces = new Map<string, string>()
  const plain = new Set<number>()
  for (let i = 0; i < list.count; i++) {
    const { metadataNamespace } = list.key(i)
    if (targetOf(routing, i) !== AttributeTarget.namespace || metadataNamespace === undefined) continue
    const object = parseObject(list.text(i))
    if (object === undefined) plain.add(i)
    else if (metadataNamespace.toLowerCase() === 'default') {
      for (const [name, value] of Object.entries(object)) members.set(name, value)
    } else namespaces.set(metadataNamespace, JSON.stringify(object))
  }
  return { members, namespaces, plain }
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
