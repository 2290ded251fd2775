import { ValueType } from '../otlp/attribute-list.ts'
import { byteAt } from '../bytes/byte-at.ts'
import { K, KNOWN_KEYS } from '../otlp/known-keys.ts'
import type { KeyTable } from '../otlp/key-table.ts'
import { isWord } from '../otlp/read-key-value.ts'
import { SpanView } from '../otlp/span-view.ts'
import type { ResourceTranslation } from './translate-resource.ts'
import { roles } from './roles.ts'
import type { ScopeTranslation } from './translate-scope.ts'
import type { IdSource } from '../bytes/random-ids.ts'
import type { TranslateSettings } from './translate-settings.ts'

/** A span beside what its parts need to know of it: its resource, and where its known attributes are. */
export class SpanContext {
  span: SpanView = new SpanView()
  /** The bits of {@link Role} that any attribute has. */
  roles = 0
  readonly #slots = new Int32Array(KNOWN_KEYS)

  constructor(
    readonly keys: KeyTable,
    readonly settings: TranslateSettings,
    readonly ids: IdSource,
    public resource: ResourceTranslation,
    public scope: ScopeTranslation,
  ) {}

  /** Takes the next span. */
  use(span: SpanView): void {
    this.span = span
    const slots = this.#slots.fill(-1)
    const list = span.attributes
    let all = 0
    for (let i = 0; i < list.count; i++) {
      const { id } = list.key(i)
      if (id === 0) continue
      if (slots[id] === -1) slots[id] = i
      all |= byteAt(roles, id)
    }
    this.roles = all
  }

  /** Where the attribute with this number stands, or -1. */
  slot(id: number): number {
    return this.#slots[id] as number // ids are below KNOWN_KEYS
  }

  /** The later of two attributes that mean the same, or -1. */
  either(a: number, b: number): number {
    return Math.max(this.slot(a), this.slot(b))
  }

  /** `i` if the attribute there is a text that is not empty, else -1. */
  nonEmpty(i: number): number {
    if (i < 0) return -1
    const list = this.span.attributes
    return list.type(i) === ValueType.string && list.end(i) > list.start(i) ? i : -1
  }

  /** True if the attribute at `i` is this text. */
  is(i: number, word: string): boolean {
    if (i < 0) return false
    const list = this.span.attributes
    return list.type(i) === ValueType.string && isWord(list.bytes, list.start(i), list.end(i), word)
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
