import * as v from 'valibot'
import { bytes, duration } from '../component/values.ts'
import { entriesOf } from './check-config.ts'
import { configSchema } from './schema.ts'

/** A key of the config, as the schema describes it. */
export interface KeyDescription {
  /** From the root, such as `queue.maxAge`. */
  readonly path: string
  /** The type of the value, in TypeScript. */
  readonly type: string
  /** The default as a config would write it; undefined if there is none. */
  readonly default: string | undefined
  readonly description: string
  readonly isOptional: boolean
  readonly children: readonly KeyDescription[]
  /** The keys of each item of a list of objects. */
  readonly itemKeys: readonly KeyDescription[]
}

/** Every key of the config, in order. */
export function describeConfig(): readonly KeyDescription[] {
  return describeEntries(configSchema, '')
}

function describeEntries(schema: v.GenericSchema, base: string): KeyDescription[] {
  const entries = Object.entries(entriesOf(schema) ?? {}).filter(([, inner]) => !isTypeName(inner))
  return entries.map(([name, inner]) => {
    const path = base === '' ? name : `${base}.${name}`
    const children = describeEntries(inner, path)
    const isOptional = inner.type === 'optional'
    return {
      path,
      type: typeOf(inner),
      default: defaultOf(inner),
      description: descriptionOf(inner),
      isOptional,
      children,
      itemKeys: describeItems(inner, path),
    }
  })
}

function describeItems(schema: v.GenericSchema, path: string): KeyDescription[] {
  if ('wrapped' in schema) return describeItems(schema.wrapped as v.GenericSchema, path) // only optional schemas have it
  return schema.type === 'array' && 'item' in schema ? describeEntries(schema.item as v.GenericSchema, path) : [] // only array schemas have it
}

/** True for the key that names the kind of an exporter: functions such as `xray()` set it. */
function isTypeName(schema: v.GenericSchema): boolean {
  return schema.type === 'optional' && 'wrapped' in schema && (schema.wrapped as v.GenericSchema).type === 'literal' // only optional schemas have it
}

function descriptionOf(schema: v.GenericSchema): string {
  return v.getDescription(schema) ?? ''
}

function defaultOf(schema: v.GenericSchema): string | undefined {
  if (!('default' in schema)) return undefined
  const value = typeof schema.default === 'function' ? schema.default() : schema.default
  if (value === undefined || (typeof value === 'object' && !Array.isArray(value))) return undefined
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}

function typeOf(schema: v.GenericSchema): string {
  const known = new Map<unknown, string>([[bytes, 'number | string'], [duration, 'string']])
  const name = known.get(schema)
  if (name !== undefined) return name
  if ('wrapped' in schema) return typeOf(schema.wrapped as v.GenericSchema) // only optional schemas have it
  if (schema.type === 'union' && 'options' in schema && Array.isArray(schema.options)) {
    return schema.options.map((option: v.GenericSchema) => typeOf(option)).join(' | ')
  }
  if (schema.type === 'literal' && 'literal' in schema) return JSON.stringify(schema.literal)
  if (schema.type === 'picklist' && 'options' in schema && Array.isArray(schema.options)) {
    return schema.options.map((option) => `'${String(option)}'`).join(' | ')
  }
  if (schema.type === 'array' && 'item' in schema) return `${typeOf(schema.item as v.GenericSchema)}[]` // only array schemas have it
  return schema.type === 'strict_object' ? 'object' : schema.type
}
