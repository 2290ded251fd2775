import { ValueType } from '../otlp/attribute-list.ts'
import { byteAt, cellAt } from '../bytes/byte-at.ts'
import { K } from '../otlp/known-keys.ts'
import { Role, roles } from './roles.ts'
import type { SpanContext } from './span-context.ts'
import { forEachValue, isScalar } from './write-value.ts'

/** Where an attribute of a span goes. */
export const Place = {
  /** Into a field of the segment: `http`, `aws`, `sql`, `user`, `cause`. */
  field: 1,
  annotation: 2,
  /** Into the metadata namespace `default`. */
  metadata: 4,
  /** Into the metadata namespace that its name ends with. */
  namespace: 8,
  /** Into the metadata namespace `otel`, as X-Ray cannot index its type. */
  unindexable: 16,
  /** Nowhere: it has no value, or it said what to index. */
  nowhere: 0,
} as const

/** X-Ray indexes this many annotations of a trace; what comes later stays metadata. */
export const MAX_ANNOTATIONS = 50

const noNames: ReadonlySet<string> = new Set()
let places = new Uint8Array(64)

/** How a span's attributes are spread. */
export interface Spread {
  /** A {@link Place} for each attribute, by its index; used again for the next span. */
  readonly places: Uint8Array
  /** All the places together. */
  readonly all: number
  /** The names that the span itself asks to be indexed. */
  readonly alsoIndexed: ReadonlySet<string>
}

/**
 * Decides for each attribute of a span where it goes.
 *
 * @param sql whether `db.*` went to `sql`
 * @param statusText the attribute that became the cause's message, or -1
 */
export function spreadAttributes(c: SpanContext, sql: boolean, statusText: number): Spread {
  const list = c.span.attributes
  if (places.length < list.count) places = new Uint8Array(list.count * 2)
  const consumed = Role.http | Role.aws | Role.user | (sql ? Role.sql : 0)
  const asked = c.slot(K['aws.xray.annotations'])
  const alsoIndexed = asked < 0 ? noNames : namesAt(c, asked)
  let annotations = c.resource.annotationCount
  let all = 0
  for (let i = 0; i < list.count; i++) {
    const key = list.key(i)
    const type = list.type(i)
    const isField = (byteAt(roles, key.id) & consumed) !== 0 || i === statusText
    let place: number = isField ? Place.field : Place.nowhere
    const wanted = key.indexed || (!isField && alsoIndexed.size > 0 && alsoIndexed.has(key.name))
    if (wanted && isScalar(type) && annotations < MAX_ANNOTATIONS) {
      place |= Place.annotation
      annotations++
    } else if (!isField) place = placeOfRest(c, i, wanted)
    places[i] = place
    all |= place
  }
  return { places, all, alsoIndexed }
}

function placeOfRest(c: SpanContext, i: number, wanted: boolean): number {
  const list = c.span.attributes
  const type = list.type(i)
  const key = list.key(i)
  if (type === ValueType.empty) return Place.nowhere
  if (key.id === K['aws.xray.annotations'] && type === ValueType.array) return Place.nowhere
  if (key.id === K['aws.xray.inprogress'] && type === ValueType.bool) return Place.field
  if (wanted && !isScalar(type)) return Place.unindexable
  return key.metadataNamespace !== undefined && type === ValueType.string ? Place.namespace : Place.metadata
}

/** The place of the attribute at `i`. */
export function placeAt(spread: Spread, i: number): number {
  return cellAt(spread.places, i)
}

function namesAt(c: SpanContext, i: number): ReadonlySet<string> {
  const list = c.span.attributes
  if (list.type(i) !== ValueType.array) return noNames
  const names = new Set<string>()
  forEachValue(list.bytes, list.start(i), list.end(i), c.keys, (values, at) => {
    if (values.type(at) === ValueType.string) names.add(values.text(at))
  })
  return names
}
