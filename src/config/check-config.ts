import * as v from 'valibot'
import { didYouMean } from './did-you-mean.ts'
import { listOf } from './list-of.ts'
import { locateKey } from './locate-key.ts'
import { nearest } from './nearest.ts'
import { hideSecrets } from '../net/hide-secrets.ts'
import type { Override } from './overrides.ts'
import { receiverInstances } from './receiver-instances.ts'
import { configSchema, type Settings } from './schema.ts'
import { sharedAddresses } from './shared-addresses.ts'

/** No known key lies deeper, so what does (an object within itself, even) is refused anyway. */
const MAX_DEPTH = 10

/** The text of a config, to find the lines of issues. */
export interface Source {
  readonly file: string
  readonly text: string
  /** What flags and variables set, which the text does not say. */
  readonly overrides?: readonly Override[]
}

/**
 * Checks a config and fills in the defaults.
 *
 * @returns the settings, or one line per issue: file and line, path, value, and what is expected
 */
export function checkConfig(config: unknown, source: Source): { settings: Settings } | { issues: string[] } {
  // The schema does not see them.
  const reserved = reservedKeys(config, []).map((path) =>
    `${whereIs(path, source)}: ${path.join('.')}: no key may have this name`
  )
  const result = checkValue(configSchema, config, source)
  if (reserved.length > 0) return { issues: reserved }
  if ('issues' in result) return result
  const issues = sharedAddresses(receiverInstances(result.value)).map(({ path, address, other }) =>
    `${whereIs(path.split('.'), source)}: ${path}: ${address} is the address of ${other} already`
  )
  return issues.length > 0 ? { issues } : { settings: result.value }
}

/** The paths of keys that every object has, such as `constructor`: what looks keys up may find those. */
function reservedKeys(value: unknown, path: readonly string[]): string[][] {
  if (typeof value !== 'object' || value === null || path.length > MAX_DEPTH) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key]
    return key === 'prototype' || key in Object.prototype ? [at] : reservedKeys(inner, at)
  })
}

/** Checks a value by a schema. @returns the output, or issues as {@link checkConfig} returns them */
export function checkValue<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  source: Source,
): { value: v.InferOutput<S> } | { issues: string[] } {
  const result = v.safeParse(schema, value)
  if (result.success) return { value: result.output }
  const issues = result.issues.flatMap((issue) => leaves(issue, [])).map(({ issue, path }) =>
    describe(issue, path, source, schema)
  )
  return { issues: [...new Set(issues)] }
}

type ValidationIssue = v.BaseIssue<unknown>
interface Leaf {
  readonly issue: ValidationIssue
  readonly path: readonly string[]
}

/** A section that may be `false` is a union: the issues of its object are nested in those of the union. */
function leaves(issue: ValidationIssue, base: readonly string[]): Leaf[] {
  const path = [...base, ...(issue.path ?? []).map((item) => String(item.key))]
  const isObject = typeof issue.input === 'object' && issue.input !== null
  const inner = (issue.issues ?? []).filter((part) => part.type === 'strict_object' || (part.path ?? []).length > 0)
  if (isObject && inner.length > 0) return inner.flatMap((part) => leaves(part, path))
  return [{ issue, path }]
}

function describe(issue: ValidationIssue, path: readonly string[], source: Source, schema: v.GenericSchema): string {
  const where = whereIs(path, source)
  const name = path.join('.') || 'The config'
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return `${where}: ${unknownKey(path, keysAt(schema, path.slice(0, -1), parentOf(issue)))}`
  }
  // A check of several values says a sentence of its own.
  if (issue.type === 'raw_check') return `${where}: ${name}: ${issue.message}`
  if (issue.type === 'variant') {
    const kinds = keysAt(schema, path.slice(0, -2), undefined)
    if (issue.input === undefined) {
      const further = `a further one is written as ${path.at(-2)}: ${kinds[0]}({ … })`
      return `${where}: ${unknownKey(path.slice(0, -1), kinds, further)}`
    }
    const expected = `${name} is ${show(issue.input)}, expected ${listOf(kinds.map((kind) => `'${kind}'`))}`
    return `${where}: ${didYouMean(expected, nearest(String(issue.input), kinds))}`
  }
  if (issue.input === undefined && /_object$/.test(issue.type)) return `${where}: ${name} is missing`
  const expected = /^[a-z']/.test(issue.message) ? issue.message : expectation(issue)
  return `${where}: ${name} is ${show(issue.input)}, expected ${expected}`
}

/** The file, and the line of a key if the text has it; or the flag or variable that sets it. */
function whereIs(path: readonly string[], { file, text, overrides = [] }: Source): string {
  const override = overrides.find((known) => known.path === path.join('.'))
  if (override !== undefined) return override.source
  const line = locateKey(text, path)
  return `${file}${line === undefined ? '' : `:${line}`}`
}

/** Suggests the known key that is most similar to the last one of `path`, or lists all of them. */
function unknownKey(path: readonly string[], known: readonly string[], more = ''): string {
  const best = nearest(path[path.length - 1] ?? '', known)
  const message = `${path.join('.')} is not known`
  if (best !== undefined) return didYouMean(message, [...path.slice(0, -1), best].join('.'), more)
  const list = known.length === 0 ? '' : `known here: ${known.join(', ')}`
  return [message, list, more].filter((part) => part !== '').join('; ')
}

/** The object that has an unknown key. */
function parentOf(issue: ValidationIssue): unknown {
  return issue.path?.at(-1)?.input
}

function expectation(issue: ValidationIssue): string {
  const words: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    Object: 'an object',
    Array: 'a list',
  }
  const expected = issue.expected ?? 'another value'
  return words[expected] ?? expected
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  const text = JSON.stringify(typeof value === 'string' ? hideSecrets(value) : value) ?? String(value)
  return text.length > 60 ? text.slice(0, 57) + '…' : text
}

/** The keys of the object at `path` in the schema. @param object the value, whose `type` may decide which keys it has */
function keysAt(schema: v.GenericSchema, path: readonly string[], object: unknown): string[] {
  if ('item' in schema) return keysAt(unwrap(schema.item as v.GenericSchema), path.slice(1), object) // only array schemas have it
  const entries = entriesOf(schema, object)
  if (entries === undefined) return []
  const [first, ...rest] = path
  if (first === undefined) return Object.keys(entries)
  const inner = entries[first] ?? ('rest' in schema ? schema.rest as v.GenericSchema : undefined) // only object schemas have it
  return inner === undefined ? Object.keys(entries) : keysAt(unwrap(inner), rest, object)
}

function unwrap(schema: v.GenericSchema): v.GenericSchema {
  return 'wrapped' in schema ? unwrap(schema.wrapped as v.GenericSchema) : schema // only optional schemas have it
}

/**
 * The entries of an object schema, inside of unions and optional schemas.
 *
 * @param object a value: its `type` chooses among several object schemas
 */
export function entriesOf(schema: v.GenericSchema, object?: unknown): Record<string, v.GenericSchema> | undefined {
  if ('entries' in schema) return schema.entries as Record<string, v.GenericSchema> // only object schemas have it
  if ('wrapped' in schema) return entriesOf(schema.wrapped as v.GenericSchema, object) // only optional schemas have it
  if (!('options' in schema) || !Array.isArray(schema.options)) return undefined
  const candidates = schema.options.filter((option) => typeof option === 'object' && option !== null)
    .map((option) => entriesOf(option, object)).filter((entries) => entries !== undefined)
  const type = typeof object === 'object' && object !== null && 'type' in object ? object.type : undefined
  return candidates.find((entries) => Reflect.get(Object(entries['type']), 'literal') === type) ?? candidates[0]
}
