import * as v from 'valibot'
import type { Receiver } from '../component/receiver.ts'
import { bytes } from '../component/values.ts'
import { receiverList, type RegisteredReceiver } from '../receive/receiver-list.ts'
import { groupOnByDefault, offByDefault, onByDefault } from './switch-schema.ts'

type Name = RegisteredReceiver['name']
type RepeatableName = Extract<RegisteredReceiver, { readonly isRepeatable?: true }>['name']
type SchemaOf<N extends Name> = Extract<RegisteredReceiver, { readonly name: N }>['schema']
type Group<N> = N extends `${infer G}.${string}` ? G : never
/** Names without a group, such as `zipkin`. */
type Single<N> = N extends `${string}.${string}` ? never : N
type Leaf<N, G extends string> = N extends `${G}.${infer L}` ? L : never

/** The settings of receivers, nested by their dotted names; repeatable ones may be listed in `additional` too. */
type ReceiveInput =
  & {
    readonly [G in Group<Name>]?:
      | false
      | (
        & { readonly [L in Leaf<Name, G>]?: false | v.InferInput<SchemaOf<`${G}.${L}` & Name>> }
        & { readonly additional?: readonly AdditionalInput<G>[] }
      )
  }
  & { readonly [N in Single<Name>]?: false | v.InferInput<SchemaOf<N & Name>> }
  & { readonly maxInFlight?: number | string }
type AdditionalInput<G extends string> = {
  readonly [L in Leaf<RepeatableName, G>]?: false | v.InferInput<SchemaOf<`${G}.${L}` & Name>>
}
type ReceiveOutput =
  & {
    readonly [G in Group<Name>]:
      & { readonly [L in Leaf<Name, G>]: false | v.InferOutput<SchemaOf<`${G}.${L}` & Name>> }
      & { readonly additional?: readonly object[] }
  }
  & { readonly [N in Single<Name>]: false | v.InferOutput<SchemaOf<N & Name>> }
  & { readonly maxInFlight: number }

/** Descriptions of the groups of receivers, for the config's documentation. */
const groups: Readonly<Record<string, string>> = {
  otlp: 'The OpenTelemetry protocol.',
  xray: 'The protocol of the X-Ray daemon.',
}

/** Settings of all receivers, computed from their definitions. */
export const receiveSchema = buildSchema(receiverList) as unknown as v.GenericSchema<ReceiveInput, ReceiveOutput> // names become keys, which TypeScript cannot follow

function buildSchema(all: readonly Receiver[]): v.GenericSchema {
  const entries: Record<string, v.GenericSchema> = {}
  for (const [group, members] of grouped(all)) {
    const [first] = members
    if (first !== undefined && first.name === group) entries[group] = receiverEntry(first)
    else entries[group] = groupEntry(group, members)
  }
  const maxInFlight = v.pipe(
    v.optional(bytes, '64MiB'),
    v.description(
      'Bytes of requests that may have arrived in part at once; in a container at most an eighth of its memory limit.',
    ),
  )
  return v.strictObject({ ...entries, maxInFlight })
}

function receiverEntry({ schema, description }: Receiver): v.GenericSchema {
  return v.pipe(onByDefault(schema), v.description(description))
}

function groupEntry(group: string, members: readonly Receiver[]): v.GenericSchema {
  const entries: Record<string, v.GenericSchema> = {}
  for (const receiver of members) entries[leafOf(receiver)] = receiverEntry(receiver)
  const repeatable = members.filter(({ isRepeatable }) => isRepeatable)
  if (repeatable.length > 0) {
    const additional = Object.fromEntries(
      repeatable.map((receiver) => [leafOf(receiver), offByDefault(receiver.schema)]),
    )
    const keys = Object.keys(additional).map((key) => `\`${key}\``).join(', ')
    entries['additional'] = v.pipe(
      v.optional(v.array(v.strictObject(additional)), () => []),
      v.description(`Additional listeners, each with one or more of ${keys}.`),
    )
  }
  const off = Object.fromEntries(Object.keys(entries).map((key) => [key, key === 'additional' ? [] : false]))
  return v.pipe(groupOnByDefault(v.strictObject(entries), off), v.description(groups[group] ?? ''))
}

function grouped(all: readonly Receiver[]): Map<string, Receiver[]> {
  const found = new Map<string, Receiver[]>()
  for (const receiver of all) {
    const [group = ''] = receiver.name.split('.')
    found.set(group, [...found.get(group) ?? [], receiver])
  }
  return found
}

function leafOf({ name }: Receiver): string {
  return name.slice(name.indexOf('.') + 1)
}
