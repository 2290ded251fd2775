import { type InternedKey, KeyTable } from './key-table.ts'
import { WireType } from './wire-type.ts'

/** How a field is written in OTLP/JSON and on the wire; ids are hex in JSON and bytes on the wire. */
export type FieldType =
  | 'string'
  | 'bytes'
  | 'hex'
  | 'bool'
  | 'enum'
  | 'uint32'
  | 'fixed32'
  | 'fixed64'
  | 'int64'
  | 'double'
  | 'message'

/** A field of a message. */
export interface Field {
  readonly number: number
  readonly type: FieldType
  /** Of messages. */
  readonly message?: Message
  readonly isRepeated?: boolean
  /** Of enums: each name's number. */
  readonly names?: Readonly<Record<string, number>>
}

/** A member name of OTLP/JSON. */
export interface FieldName extends InternedKey {
  /** Undefined if no field has this name. */
  readonly field: Field | undefined
}

/** The fields of a message type by their JSON names, lowerCamelCase and snake_case. */
export interface Message {
  readonly fields: Map<string, Field>
  /** The same by the UTF-8 bytes of the names. */
  readonly names: KeyTable<FieldName>
  /** The name before the first member's, for {@link KeyTable.findAfter}. */
  readonly start: FieldName
}

/** The tag of each field: its number and wire type in one varint, as they come before a value. */
export type Tags<Name extends string> = { readonly [N in Name]: number }

/** More names than any message has in both spellings. */
const MAX_NAMES = 64
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A message type without fields. */
export function emptyMessage(): Message {
  const fields = new Map<string, Field>()
  const describe = (bytes: Uint8Array): FieldName => ({
    bytes,
    next: undefined,
    field: fields.get(decoder.decode(bytes)),
  })
  return { fields, names: new KeyTable(describe, MAX_NAMES), start: describe(new Uint8Array(0)) }
}

/**
 * Makes a message type of its fields.
 *
 * @param fields by their lowerCamelCase JSON names
 * @param into takes the fields, for a message that contains itself
 */
export function message<Name extends string>(
  fields: Readonly<Record<Name, Field>>,
  into: Message = emptyMessage(),
): Message & { readonly tags: Tags<Name> } {
  const tags: Record<string, number> = {}
  for (const [name, field] of Object.entries<Field>(fields)) {
    tags[name] = (field.number << 3) | wireTypeOf(field)
    for (const spelling of [name, name.replace(/[A-Z]/g, (capital) => '_' + capital.toLowerCase())]) {
      into.fields.set(spelling, field)
      const bytes = encoder.encode(spelling)
      into.names.find(bytes, 0, bytes.length)
    }
  }
  return { ...into, tags: tags as Tags<Name> } // entries widens the names
}

/** The wire type of a field's values. */
export function wireTypeOf({ type }: Field): number {
  switch (type) {
    case 'bool':
    case 'enum':
    case 'uint32':
    case 'int64':
      return WireType.varint
    case 'fixed64':
    case 'double':
      return WireType.fixed64
    case 'fixed32':
      return WireType.fixed32
    default:
      return WireType.bytes
  }
}
