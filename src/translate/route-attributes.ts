import { byteAt } from '../bytes/byte-at.ts'
import { ValueType } from '../otlp/attribute-list.ts'
import { forEachValue } from '../otlp/for-each-value.ts'
import { MAX_ANNOTATIONS } from '../segment/limits.ts'
import { FieldGroup, fieldGroups } from './field-groups.ts'
import { K } from './known-keys.ts'
import type { TranslationContext } from './translation-context.ts'
import { isScalar } from './write-value.ts'

/** Where an attribute of a span goes, as bits: an annotation may also be a field. */
export const AttributeTarget = {
  /** A field of the segment: `http`, `aws`, `sql`, `user`, `cause`, `in_progress`. */
  field: 1,
  annotation: 2,
  /** The metadata namespace `default`. */
  metadata: 4,
  /** The metadata namespace that its name ends with. */
  namespace: 8,
  /** The metadata namespace `otel`, as X-Ray cannot index its type. */
  unindexable: 16,
  /** Nowhere: it has no value, or it names what to index. */
  none: 0,
} as const

/** Names that a span may ask to have indexed, each cut at this size in bytes. */
const MAX_NAMES = 1024
const MAX_NAME_BYTES = 1024
const noNames: ReadonlySet<string> = new Set()
let targets = new Uint8Array(64)

/** Where the attributes of one span go. */
export interface AttributeRouting {
  /** The bits of {@link AttributeTarget} of each attribute, by its index; overwritten for the next span. */
  readonly targets: Uint8Array
  /** The bits that any attribute has. */
  readonly all: number
  /** The names that the span itself asks to have indexed. */
  readonly alsoIndexed: ReadonlySet<string>
}

/**
 * Decides where each attribute of a span goes.
 *
 * @param sql whether `db.*` goes to `sql`
 * @param statusText the index of the attribute that goes to `cause`, or -1
 * @returns valid until the next call
 */
export function routeAttributes(c: TranslationContext, sql: boolean, statusText: number): AttributeRouting {
  const list = c.span.attributes
  if (targets.length < list.count) targets = new Uint8Array(list.count * 2)
  const consumed = FieldGroup.http | FieldGroup.aws | FieldGroup.user | (sql ? FieldGroup.sql : 0)
  const names = c.slot(K['aws.xray.annotations'])
  const alsoIndexed = names < 0 ? noNames : namesAt(c, names)
  let annotations = c.resource.annotationCount
  let all = 0
  for (let i = 0; i < list.count; i++) {
    const key = list.key(i)
    const type = list.type(i)
    const isField = (byteAt(fieldGroups, key.id) & consumed) !== 0 || i === statusText
    let target: number = isField ? AttributeTarget.field : AttributeTarget.none
    const wanted = key.indexed || (!isField && alsoIndexed.size > 0 && alsoIndexed.has(key.name))
    if (wanted && isScalar(type) && annotations < MAX_ANNOTATIONS) {
      target |= AttributeTarget.annotation
      annotations++
    } else if (!isField) target = targetOfRest(c, i, wanted)
    targets[i] = target
    all |= target
  }
  return { targets, all, alsoIndexed }
}

/** The target of an attribute that is neither a field nor an annotation. */
function targetOfRest(c: TranslationContext, i: number, wanted: boolean): number {
  const list = c.span.attributes
  const type = list.type(i)
  const key = list.key(i)
  if (type === ValueType.empty) return AttributeTarget.none
  if (key.id === K['aws.xray.annotations'] && type === ValueType.array) return AttributeTarget.none
  if (key.id === K['aws.xray.inprogress'] && type === ValueType.bool) return AttributeTarget.field
  if (wanted && !isScalar(type)) return AttributeTarget.unindexable
  return key.metadataNamespace !== undefined && type === ValueType.string
    ? AttributeTarget.namespace
    : AttributeTarget.metadata
}

/** The bits of {@link AttributeTarget} of the attribute at `i`. */
export function targetOf(routing: AttributeRouting, i: number): number {
  return byteAt(routing.targets, i)
}

function namesAt(c: TranslationContext, i: number): ReadonlySet<string> {
  const list = c.span.attributes
  if (list.type(i) !== ValueType.array) return noNames
  const names = new Set<string>()
  forEachValue(list, i, c.keys, (value) => {
    if (value.type(0) === ValueType.string) names.add(value.text(0, MAX_NAME_BYTES))
    return names.size < MAX_NAMES
  })
  return names
}
