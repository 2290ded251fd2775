import { embedText } from '../segment/embed-text.ts'
import { byteAt } from '../bytes/byte-at.ts'
import { KNOWN_KEYS, knownNames } from './known-keys.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const METADATA_PREFIX = 'aws.xray.metadata.'
const SLOTS = 1 << 13

/** An attribute key, and what is known of it: interned, so that it is worked out once and not per span. */
export interface Key {
  /** Its number in {@link K}, or 0. */
  readonly id: number
  readonly name: string
  /** UTF-8. */
  readonly bytes: Uint8Array
  /** `"name":` in embedded form. */
  readonly member: Uint8Array
  /** `"otel.resource.name":` in embedded form. */
  readonly resourceMember: Uint8Array
  /** `"name":` as an annotation may be called: letters, digits, `_` and `.`. */
  readonly annotationMember: Uint8Array
  readonly resourceAnnotationMember: Uint8Array
  /** True if the config wants it indexed, as an attribute of a span. */
  readonly indexed: boolean
  /** True if the config wants it indexed, as an attribute of a resource. */
  readonly resourceIndexed: boolean
  /** The key that came behind it last time: most likely it does again. */
  next: Key | undefined
  /** The namespace of an `aws.xray.metadata.<namespace>` key. */
  readonly metadataNamespace: string | undefined
}

/** Which attributes become annotations. */
export interface IndexSettings {
  /** Names as the config gives them; those of resource attributes start with `otel.resource.`. */
  readonly indexedAttributes: readonly string[]
  readonly indexAllAttributes: boolean
}

/** Interns attribute keys by their bytes; holds at most 4,096, so that made-up keys cannot fill the memory. */
export class KeyTable {
  readonly #slots: (Key | undefined)[] = new Array(SLOTS).fill(undefined)
  readonly #index: IndexSettings
  readonly #indexed: ReadonlySet<string>
  #size = 0

  constructor(index: IndexSettings) {
    this.#index = index
    this.#indexed = new Set(index.indexedAttributes)
    for (const name of knownNames) {
      const bytes = encoder.encode(name)
      this.find(bytes, 0, bytes.length)
    }
    // An indexed attribute is looked up by name once a span is translated, so it must be there from the start.
    for (const name of index.indexedAttributes) {
      const bytes = encoder.encode(name)
      this.find(bytes, 0, bytes.length)
    }
  }

  /** The key whose UTF-8 bytes are `source[start, end)`, where it stands behind `previous`. */
  findBehind(previous: Key, source: Uint8Array, start: number, end: number): Key {
    const { next } = previous
    if (next !== undefined && sameBytes(next.bytes, source, start, end - start)) return next
    return (previous.next = this.find(source, start, end))
  }

  /** The key whose UTF-8 bytes are `source[start, end)`. */
  find(source: Uint8Array, start: number, end: number): Key {
    const size = end - start
    let hash = size * 0x9e3779b1
    if (size > 0) {
      hash = Math.imul(hash ^ byteAt(source, start), 0x01000193)
      hash = Math.imul(hash ^ byteAt(source, start + (size >> 1)), 0x01000193)
      hash = Math.imul(hash ^ byteAt(source, end - 1), 0x01000193)
      hash = Math.imul(hash ^ byteAt(source, start + ((size * 3) >> 2)), 0x01000193)
      hash = Math.imul(hash ^ byteAt(source, start + (size >> 2)), 0x01000193)
    }
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    for (;;) {
      const key = this.#slots[slot]
      if (key === undefined) break
      if (sameBytes(key.bytes, source, start, size)) return key
      slot = (slot + 1) & (SLOTS - 1)
    }
    const key = this.#make(source.slice(start, end))
    if (this.#size < SLOTS / 2) {
      this.#slots[slot] = key
      this.#size++
    }
    return key
  }

  #make(bytes: Uint8Array): Key {
    const name = decoder.decode(bytes)
    const resourceName = 'otel.resource.' + name
    const all = this.#index.indexAllAttributes
    const known: readonly string[] = knownNames
    const id = known.indexOf(name) + 1
    return {
      id: id < KNOWN_KEYS ? id : 0,
      name,
      bytes,
      member: member(name),
      resourceMember: member(resourceName),
      annotationMember: member(annotationName(name)),
      resourceAnnotationMember: member(annotationName(resourceName)),
      indexed: all || this.#indexed.has(name),
      resourceIndexed: all || this.#indexed.has(resourceName),
      next: undefined,
      metadataNamespace: name.startsWith(METADATA_PREFIX) ? name.slice(METADATA_PREFIX.length) : undefined,
    }
  }
}

/** An annotation's name: letters, digits, `_` and `.`; every other character becomes `_`. */
export function annotationName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.]/gu, '_')
}

function member(name: string): Uint8Array {
  return embedText(JSON.stringify(name) + ':')
}

function sameBytes(key: Uint8Array, source: Uint8Array, start: number, size: number): boolean {
  if (key.length !== size) return false
  for (let i = 0; i < size; i++) if (byteAt(key, i) !== byteAt(source, start + i)) return false
  return true
}
