import type { AttributeList } from '../otlp/attribute-list.ts'
import { type InternedKey, KeyTable } from '../otlp/key-table.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { K, knownNames } from './known-keys.ts'
import type { IndexSettings } from './translate-settings.ts'

/** An attribute key, and what X-Ray makes of it. */
export interface AttributeKey extends InternedKey {
  /** Its number in {@link K}, or 0. */
  readonly id: number
  readonly name: string
  /** `"name":` as escaped JSON. */
  readonly member: Uint8Array
  /** `"otel.resource.name":` as escaped JSON. */
  readonly resourceMember: Uint8Array
  /** `"name":` as escaped JSON, with only the characters that an annotation's name may have. */
  readonly annotationMember: Uint8Array
  /** The same of `"otel.resource.name":`. */
  readonly resourceAnnotationMember: Uint8Array
  /** True if the config indexes it as an attribute of a span. */
  readonly indexed: boolean
  /** True if the config indexes it as an attribute of a resource. */
  readonly resourceIndexed: boolean
  /** The namespace of an `aws.xray.metadata.<namespace>` key. */
  readonly metadataNamespace: string | undefined
}

/** The keys that a translator has seen. */
export type AttributeKeys = KeyTable<AttributeKey>

/** The attributes of a span, event, link, scope or resource. */
export type Attributes = AttributeList<AttributeKey>

const METADATA_PREFIX = 'aws.xray.metadata.'
/** Of annotations and metadata that come from a resource. */
export const RESOURCE_PREFIX = 'otel.resource.'
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Makes a table of attribute keys. The known names and those that the config indexes are in it from the start. */
export function attributeKeys({ indexedAttributes, indexAllAttributes }: IndexSettings): AttributeKeys {
  const indexed: ReadonlySet<string> = new Set(indexedAttributes)
  const resourceIndexed: ReadonlySet<string> = new Set(
    indexedAttributes.filter((name) => name.startsWith(RESOURCE_PREFIX)).map((name) =>
      name.slice(RESOURCE_PREFIX.length)
    ),
  )
  const ids: ReadonlyMap<string, number> = new Map(Object.entries(K))
  const keys: AttributeKeys = new KeyTable((bytes) => {
    const name = decoder.decode(bytes)
    const isIndexed = indexAllAttributes || indexed.has(name)
    const isResourceIndexed = indexAllAttributes || resourceIndexed.has(name)
    return new TranslatedKey(bytes, name, ids.get(name) ?? 0, isIndexed, isResourceIndexed)
  })
  // However many made-up keys come, these stay.
  for (const name of [...knownNames, ...indexedAttributes, ...resourceIndexed]) {
    const bytes = encoder.encode(name)
    keys.pin(bytes)
  }
  return keys
}

/** Makes members when they are first needed: of the keys that a sender makes up, few need more than one. */
class TranslatedKey implements AttributeKey {
  next: this | undefined = undefined
  readonly metadataNamespace: string | undefined
  #member: Uint8Array | undefined
  #resourceMember: Uint8Array | undefined
  #annotationMember: Uint8Array | undefined
  #resourceAnnotationMember: Uint8Array | undefined

  constructor(
    readonly bytes: Uint8Array,
    readonly name: string,
    readonly id: number,
    readonly indexed: boolean,
    readonly resourceIndexed: boolean,
  ) {
    this.metadataNamespace = name.startsWith(METADATA_PREFIX) ? name.slice(METADATA_PREFIX.length) : undefined
  }

  get member(): Uint8Array {
    return this.#member ??= member(this.name)
  }

  get resourceMember(): Uint8Array {
    return this.#resourceMember ??= member(RESOURCE_PREFIX + this.name)
  }

  get annotationMember(): Uint8Array {
    return this.#annotationMember ??= member(annotationName(this.name))
  }

  get resourceAnnotationMember(): Uint8Array {
    return this.#resourceAnnotationMember ??= member(annotationName(RESOURCE_PREFIX + this.name))
  }
}

/** The index of the first attribute with a key of this number in {@link K}, or -1. */
export function indexOfKey(list: Attributes, id: number): number {
  for (let i = 0; i < list.count; i++) if (list.key(i).id === id) return i
  return -1
}

/** An annotation's name: letters, digits, `_` and `.`; every other character becomes `_`. */
function annotationName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.]/gu, '_')
}

function member(name: string): Uint8Array {
  return escapeJson(JSON.stringify(name) + ':')
}
