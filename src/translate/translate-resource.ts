import { cutUtf8 } from '../bytes/cut-utf8.ts'
import { ValueType } from '../otlp/attribute-list.ts'
import { forEachValue } from '../otlp/for-each-value.ts'
import type { Range } from '../otlp/range.ts'
import { readResource } from '../otlp/read-resource.ts'
import { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { MAX_ANNOTATIONS } from '../segment/limits.ts'
import { type AttributeKeys, type Attributes, indexOfKey } from './attribute-key.ts'
import { awsOfResource, MAX_FIELD_BYTES, originOf } from './aws-of-resource.ts'
import { JsonToken } from './json-token.ts'
import { K } from './known-keys.ts'
import type { TranslateSettings } from './translate-settings.ts'
import { isScalar, writeValue } from './write-value.ts'

/** A Resource, translated once for all of its spans. Pieces are escaped JSON; each member has a comma after it. */
export interface ResourceTranslation extends ResourceDescription {
  readonly attributes: Attributes
  /** `"origin":"…",` or nothing. */
  readonly origin: Uint8Array
  /** `"service":{"version":"…"},` or nothing. */
  readonly service: Uint8Array
  /** The members of `aws` that come from the resource; undefined on another cloud. */
  readonly aws: Uint8Array | undefined
  /** `"account_id":"…",` or nothing. */
  readonly account: Uint8Array
  /** `telemetry.sdk.language`, which decides how stack traces are parsed. */
  readonly language: string
  /** The index of `service.name`, or -1 if it is empty. */
  readonly serviceName: number
}

/** A resource's attributes, as members with a comma after each. */
export interface ResourceDescription {
  /** Members of the metadata namespace `default`. */
  readonly metadata: Uint8Array
  /** Members of `annotations`, and how many. */
  readonly annotations: Uint8Array
  readonly annotationCount: number
  /** True if attributes were left out, as no document has room for all of them. */
  readonly isCut: boolean
}

const text = { service: escapeJson('"service":{"version":'), accountId: escapeJson('"account_id":') }
const nothing = new Uint8Array(0)
/** Bytes of escaped JSON that the attributes may have, as metadata or annotations: each span repeats them. */
const MAX_RESOURCE_BYTES = 60 * 1024

/**
 * Translates the Resource message in `bytes[range]`. The result refers to a copy of these bytes.
 *
 * @throws {WireError} if it is not well-formed
 */
export function translateResource(
  bytes: Uint8Array,
  range: Range,
  keys: AttributeKeys,
  settings: TranslateSettings,
): ResourceTranslation {
  const copy = bytes.slice(range.start, range.end)
  const list = readResource(copy, { start: 0, end: copy.length }, keys)
  const name = indexOfKey(list, K['service.name'])
  const language = indexOfKey(list, K['telemetry.sdk.language'])
  const origin = originOf(list)
  return {
    attributes: list,
    origin: origin === '' ? nothing : escapeJson(`"origin":${JSON.stringify(origin)},`),
    service: piece((w) => writeService(w, list, keys)),
    aws: awsOfResource(list, keys, settings),
    account: piece((w) => writeAccount(w, list)),
    language: language < 0 ? '' : list.text(language, MAX_FIELD_BYTES),
    serviceName: name >= 0 && list.type(name) === ValueType.string && list.end(name) > list.start(name) ? name : -1,
    ...describeResource(list, keys, noNames),
  }
}

const noNames: ReadonlySet<string> = new Set()

/**
 * Writes the resource's attributes as metadata and annotations. If they are too long for a document, the largest are left
 * out.
 *
 * @param alsoIndexed names that a span itself asks to have indexed
 */
export function describeResource(
  list: Attributes,
  keys: AttributeKeys,
  alsoIndexed: ReadonlySet<string>,
): ResourceDescription {
  let annotationCount = 0
  let isCut = list.dropped > 0
  const annotations = scratchAnnotations
  const metadata = scratch
  annotations.length = metadata.length = 0
  annotations.start()
  metadata.start()
  /** Where each member of the metadata ends. */
  const ends: number[] = []
  for (let i = 0; i < list.count; i++) {
    if (list.type(i) === ValueType.empty) continue
    if (metadata.length > 4 * MAX_RESOURCE_BYTES) {
      isCut = true
      break
    }
    const key = list.key(i)
    const indexed = key.resourceIndexed || (alsoIndexed.size > 0 && alsoIndexed.has(key.name))
    const isAnnotation = indexed && isScalar(list.type(i)) && annotationCount < MAX_ANNOTATIONS
    const w = isAnnotation ? annotations : metadata
    const start = w.length
    w.startPart('metadata')
    w.raw(isAnnotation ? key.resourceAnnotationMember : key.resourceMember)
    writeValue(w, list, i, keys)
    w.char(JsonToken.comma)
    if ((isAnnotation ? w.length : w.length - start) > MAX_RESOURCE_BYTES) {
      w.length = start
      isCut = true
    } else if (isAnnotation) annotationCount++
    else ends.push(w.length)
  }
  const fitted = largestRemoved(metadata.bytes.subarray(0, metadata.length), ends)
  return {
    metadata: fitted,
    annotations: annotations.bytes.slice(0, annotations.length),
    annotationCount,
    isCut: isCut || fitted.length < metadata.length,
  }
}

/** A copy of `members` without the largest ones, so that the rest is not too long. @param ends where each of them ends */
function largestRemoved(members: Uint8Array, ends: readonly number[]): Uint8Array {
  if (members.length <= MAX_RESOURCE_BYTES) return members.slice()
  const parts = ends.map((end, i) => members.subarray(i === 0 ? 0 : ends[i - 1], end))
  let excess = members.length - MAX_RESOURCE_BYTES
  const removed = new Set<Uint8Array>()
  for (const part of parts.toSorted((a, b) => b.length - a.length)) {
    if (excess <= 0) break
    removed.add(part)
    excess -= part.length
  }
  return new Uint8Array(Buffer.concat(parts.filter((part) => !removed.has(part))))
}

/** Writers that are used again: a request may have hundreds of thousands of resources. */
const scratch = new DocumentWriter()
const scratchAnnotations = new DocumentWriter()

/** What `write` writes. */
function piece(write: (w: DocumentWriter) => void): Uint8Array {
  const w = scratch
  w.length = 0
  w.start()
  write(w)
  return w.bytes.slice(0, w.length)
}

/** The version of the service, else the first tag of its image. */
function versionOf(list: Attributes, keys: AttributeKeys): string {
  const version = indexOfKey(list, K['service.version'])
  if (version >= 0) return list.text(version, MAX_FIELD_BYTES)
  const tags = indexOfKey(list, K['container.image.tags'])
  let first = ''
  if (tags >= 0 && list.type(tags) === ValueType.array) {
    forEachValue(list, tags, keys, (value) => (first ||= value.text(0, MAX_FIELD_BYTES)) === '')
  }
  const tag = indexOfKey(list, K['container.image.tag'])
  return first === '' && tag >= 0 ? list.text(tag, MAX_FIELD_BYTES) : first
}

function writeService(w: DocumentWriter, list: Attributes, keys: AttributeKeys): void {
  const version = versionOf(list, keys)
  if (version === '') return
  w.raw(text.service)
  w.text(version)
  w.char(JsonToken.closeObject)
  w.char(JsonToken.comma)
}

function writeAccount(w: DocumentWriter, list: Attributes): void {
  const i = indexOfKey(list, K['cloud.account.id'])
  if (i < 0 || list.type(i) !== ValueType.string || list.end(i) === list.start(i)) return
  w.raw(text.accountId)
  w.string(list.bytes, list.start(i), cutUtf8(list.bytes, list.start(i), list.end(i), MAX_FIELD_BYTES))
  w.char(JsonToken.comma)
}
