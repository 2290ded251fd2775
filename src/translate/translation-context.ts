import { byteAt } from '../bytes/byte-at.ts'
import { bytesEqualText } from '../bytes/bytes-equal-text.ts'
import type { IdSource } from '../bytes/random-ids.ts'
import { ValueType } from '../otlp/attribute-list.ts'
import { SpanEvent } from '../otlp/read-event.ts'
import { SpanLink } from '../otlp/read-link.ts'
import { SpanView } from '../otlp/span-view.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import type { AttributeKey, AttributeKeys } from './attribute-key.ts'
import { fieldGroups } from './field-groups.ts'
import { JsonToken } from './json-token.ts'
import { K, KNOWN_KEYS } from './known-keys.ts'
import type { ResourceTranslation } from './translate-resource.ts'
import type { ScopeTranslation } from './translate-scope.ts'
import type { TranslateSettings } from './translate-settings.ts'

/** A span that is being translated, with its resource and scope, and where its known attributes are. */
export class TranslationContext {
  readonly span = new SpanView<AttributeKey>()
  /** The event and the link of the span that are being read. */
  readonly event = new SpanEvent<AttributeKey>()
  readonly link = new SpanLink<AttributeKey>()
  /** The bits of {@link FieldGroup} that any of its attributes has. */
  fieldGroups = 0
  readonly #slots = new Int32Array(KNOWN_KEYS)

  constructor(
    readonly keys: AttributeKeys,
    readonly settings: TranslateSettings,
    readonly ids: IdSource,
    public resource: ResourceTranslation,
    public scope: ScopeTranslation,
  ) {}

  /** Finds the known attributes of {@link span}, which was just read. */
  findAttributes(): void {
    const slots = this.#slots.fill(-1)
    const list = this.span.attributes
    let groups = 0
    for (let i = 0; i < list.count; i++) {
      const { id } = list.key(i)
      if (id === 0) continue
      if (slots[id] === -1) slots[id] = i
      groups |= byteAt(fieldGroups, id)
    }
    this.fieldGroups = groups
  }

  /** The index of the first attribute with a key of this number in {@link K}, or -1. */
  slot(id: number): number {
    return this.#slots[id] as number // ids are below KNOWN_KEYS
  }

  /** The later of two attributes that mean the same, or -1. */
  either(a: number, b: number): number {
    return Math.max(this.slot(a), this.slot(b))
  }

  /** `i` if the attribute there is a string that is not empty, else -1. */
  nonEmpty(i: number): number {
    if (i < 0) return -1
    const list = this.span.attributes
    return list.type(i) === ValueType.string && list.end(i) > list.start(i) ? i : -1
  }

  /** True if the attribute at `i` is this string, in ASCII. */
  is(i: number, text: string): boolean {
    if (i < 0) return false
    const list = this.span.attributes
    return list.type(i) === ValueType.string && bytesEqualText(list.bytes, list.start(i), list.end(i), text)
  }

  /** True for a call of an AWS SDK. */
  get isAwsSdk(): boolean {
    return this.is(this.slot(K['rpc.system']), 'aws-api')
  }

  /** True if Application Signals marked the span as the first one of its service. */
  get isLocalRoot(): boolean {
    return this.is(this.slot(K['aws.span.kind']), 'LOCAL_ROOT')
  }
}

/**
 * Writes a member whose value is an attribute of the span, and a comma; nothing if that is no string, or empty.
 *
 * @param member `"name":` as escaped JSON
 * @param i the attribute's index, or -1
 */
export function writeText(w: DocumentWriter, c: TranslationContext, member: Uint8Array, i: number): void {
  if (c.nonEmpty(i) < 0) return
  const list = c.span.attributes
  w.raw(member)
  w.string(list.bytes, list.start(i), list.end(i))
  w.char(JsonToken.comma)
}
