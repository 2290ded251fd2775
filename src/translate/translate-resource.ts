import { AttributeList, ValueType } from '../otlp/attribute-list.ts'
import { K } from '../otlp/known-keys.ts'
import type { KeyTable } from '../otlp/key-table.ts'
import { ProtoReader } from '../otlp/proto-reader.ts'
import { forEachField, readKeyValue } from '../otlp/read-key-value.ts'
import type { Range } from '../otlp/span-view.ts'
import { DocumentWriter } from '../segment/document-writer.ts'
import { awsOfResource } from './aws-of-resource.ts'
import { L, literal } from './literal.ts'
import { originOf } from './origin-of.ts'
import type { TranslateSettings } from './translate-settings.ts'
import { forEachValue, isScalar, writeValue } from './write-value.ts'

/** A Resource, translated once for all of its spans. Pieces are in embedded form, members end with a comma. */
export interface ResourceTranslation {
  readonly attributes: AttributeList
  /** `"origin":"…",` or nothing. */
  readonly origin: Uint8Array
  /** `"service":{"version":"…"},` or nothing. */
  readonly service: Uint8Array
  /** What `aws` has of the resource, each member with a comma behind it; undefined on another cloud. */
  readonly aws: Uint8Array | undefined
  /** `"account_id":"…",` or nothing. */
  readonly account: Uint8Array
  /** `telemetry.sdk.language`: decides how stack traces are read. */
  readonly language: string
  /** Where `service.name` stands, or -1. */
  readonly serviceName: number
  /** Members of the metadata namespace `default`, each with a comma behind it. */
  readonly metadata: Uint8Array
  /** Members of `annotations` likewise, and how many. */
  readonly annotations: Uint8Array
  readonly annotationCount: number
}

const text = { service: literal('"service":{"version":'), accountId: literal('"account_id":') }
const nothing = new Uint8Array(0)

/** Translates the Resource message in `bytes[range]`; what it keeps is copied. */
export function translateResource(
  bytes: Uint8Array,
  range: Range,
  keys: KeyTable,
  settings: TranslateSettings,
): ResourceTranslation {
  const own = bytes.slice(range.start, range.end)
  const list = new AttributeList()
  list.reset(own)
  const reader = new ProtoReader()
  reader.bytes = own
  forEachField(reader, own.length, 1, (end) => readKeyValue(reader, end, keys, list))
  const name = list.indexOf(K['service.name'])
  const language = list.indexOf(K['telemetry.sdk.language'])
  const origin = originOf(list)
  return {
    attributes: list,
    origin: origin === '' ? nothing : literal(`"origin":${JSON.stringify(origin)},`),
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
 * The resource's attributes as metadata and annotations.
 *
 * @param alsoIndexed names that a span itself asks to be indexed, as `otel.resource.…`
 */
export function describeResource(
  list: AttributeList,
  keys: KeyTable,
  alsoIndexed: ReadonlySet<string>,
): Pick<ResourceTranslation, 'metadata' | 'annotations' | 'annotationCount'> {
  let annotationCount = 0
  const annotations = new DocumentWriter(256)
  const metadata = piece(2048, (w) => {
    for (let i = 0; i < list.count; i++) {
      const key = list.key(i)
      const indexed = key.resourceIndexed || (alsoIndexed.size > 0 && alsoIndexed.has('otel.resource.' + key.name))
      if (indexed && isScalar(list.type(i)) && annotationCount < 50) {
        annotationCount++
        annotations.raw(key.resourceAnnotationMember)
        writeValue(annotations, list, i, keys)
        annotations.char(L.comma)
      } else if (list.type(i) !== ValueType.empty) {
        w.raw(key.resourceMember)
        writeValue(w, list, i, keys)
        w.char(L.comma)
      }
    }
  })
  return { metadata, annotations: annotations.bytes.slice(0, annotations.length), annotationCount }
}

/** What `write` writes, in a buffer of its own. */
export function piece(capacity: number, write: (w: DocumentWriter) => void): Uint8Array {
  const w = new DocumentWriter(capacity)
  write(w)
  return w.bytes.slice(0, w.length)
}

/** The version of the service, else the first tag of its image. */
function versionOf(list: AttributeList, keys: KeyTable): string {
  const own = list.indexOf(K['service.version'])
  if (own >= 0) return list.text(own)
  const tags = list.indexOf(K['container.image.tags'])
  let first = ''
  if (tags >= 0 && list.type(tags) === ValueType.array) {
    forEachValue(list.bytes, list.start(tags), list.end(tags), keys, (values, at) => (first ||= values.text(at)))
  }
  const tag = list.indexOf(K['container.image.tag'])
  return first === '' && tag >= 0 ? list.text(tag) : first
}

function writeService(w: DocumentWriter, list: AttributeList, keys: KeyTable): void {
  const version = versionOf(list, keys)
  if (version === '') return
  w.raw(text.service)
  w.text(version)
  w.char(L.close)
  w.char(L.comma)
}

function writeAccount(w: DocumentWriter, list: AttributeList): void {
  const i = list.indexOf(K['cloud.account.id'])
  if (i < 0 || list.text(i) === '') return
  w.raw(text.accountId)
  w.string(list.bytes, list.start(i), list.end(i))
  w.char(L.comma)
}
