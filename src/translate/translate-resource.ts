import { ValueType } from '../otlp/attribute-list.ts'
import { forEachValue } from '../otlp/for-each-value.ts'
import type { Range } from '../otlp/range.ts'
import { readResource } from '../otlp/read-resource.ts'
import { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { MAX_ANNOTATIONS } from '../segment/limits.ts'
import { type AttributeKeys, type Attributes, indexOfKey } from './attribute-key.ts'
import { awsOfResource, originOf } from './aws-of-resource.ts'
import { JsonToken } from './json-token.ts'
import { K } from './known-keys.ts'
import type { TranslateSettings } from './translate-settings.ts'
import { isScalar, writeValue } from './write-value.ts'

/** A Resource, translated once for all of its spans. Pieces are escaped JSON; each member has a comma after it. */
export interface ResourceTranslation {
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
  /** Members of the metadata namespace `default`. */
  readonly metadata: Uint8Array
  /** Members of `annotations`, and how many. */
  readonly annotations: Uint8Array
  readonly annotationCount: number
}

const text = { service: escapeJson('"service":{"version":'), accountId: escapeJson('"account_id":') }
const nothing = new Uint8Array(0)

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
    service: piece(512, (w) => writeService(w, list, keys)),
    aws: awsOfResource(list, keys, settings),
    account: piece(64, (w) => writeAccount(w, list)),
    language: language < 0 ? '' : list.text(language),
    serviceName: name >= 0 && list.type(name) === ValueType.string && list.end(name) > list.start(name) ? name : -1,
    ...describeResource(list, keys, noNames),
  }
}

const noNames: ReadonlySet<string> = new Set()

/**
 * Writes the resource's attributes as metadata and annotations.
 *
 * @param alsoIndexed names that a span itself asks to have indexed, as `otel.resource.…`
 */
export function describeResource(
  list: Attributes,
  keys: AttributeKeys,
  alsoIndexed: ReadonlySet<string>,
): Pick<ResourceTranslation, 'metadata' | 'annotations' | 'annotationCount'> {
  let annotationCount = 0
  const annotations = new DocumentWriter(256)
  const metadata = piece(2048, (w) => {
    for (let i = 0; i < list.count; i++) {
      const key = list.key(i)
      const indexed = key.resourceIndexed || (alsoIndexed.size > 0 && alsoIndexed.has('otel.resource.' + key.name))
      if (indexed && isScalar(list.type(i)) && annotationCount < MAX_ANNOTATIONS) {
        annotationCount++
        annotations.raw(key.resourceAnnotationMember)
        writeValue(annotations, list, i, keys)
        annotations.char(JsonToken.comma)
      } else if (list.type(i) !== ValueType.empty) {
        w.raw(key.resourceMember)
        writeValue(w, list, i, keys)
        w.char(JsonToken.comma)
      }
    }
  })
  return { metadata, annotations: annotations.bytes.slice(0, annotations.length), annotationCount }
}

/** What `write` writes. @param capacity bytes that the buffer has at first */
function piece(capacity: number, write: (w: DocumentWriter) => void): Uint8Array {
  const w = new DocumentWriter(capacity)
  write(w)
  return w.bytes.slice(0, w.length)
}

/** The version of the service, else the first tag of its image. */
function versionOf(list: Attributes, keys: AttributeKeys): string {
  const version = indexOfKey(list, K['service.version'])
  if (version >= 0) return list.text(version)
  const tags = indexOfKey(list, K['container.image.tags'])
  let first = ''
  if (tags >= 0 && list.type(tags) === ValueType.array) {
    forEachValue(list, tags, keys, (value) => (first ||= value.text(0)))
  }
  const tag = indexOfKey(list, K['container.image.tag'])
  return first === '' && tag >= 0 ? list.text(tag) : first
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
  if (i < 0 || list.text(i) === '') return
  w.raw(text.accountId)
  w.string(list.bytes, list.start(i), list.end(i))
  w.char(JsonToken.comma)
}
