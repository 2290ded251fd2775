import * as v from 'valibot'
import { locateKey } from './locate-key.ts'
import { nearest } from './nearest.ts'
import { configSchema, type Settings } from './schema.ts'

/** The text that a config was read from, to say where a flaw is. */
export interface Source {
  readonly file: string
  readonly text: string
}

/**
 * Checks a config and fills in the defaults.
 *
 * @returns the settings, or what is wrong, one line a flaw: path, file and line, value, and what to write instead
 */
export function checkConfig(config: unknown, source: Source): { settings: Settings } | { flaws: string[] } {
  const result = checkValue(configSchema, config, source)
  return 'flaws' in result ? result : { settings: result.value }
}

/** Checks a value by a schema; {@link checkConfig} says how flaws are told. */
export function checkValue<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  source: Source,
): { value: v.InferOutput<S> } | { flaws: string[] } {
  const result = v.safeParse(schema, value)
  if (result.success) return { value: result.output }
  const flaws = result.issues.flatMap((issue) => leaves(issue, [])).map(({ issue, path }) =>
    describe(issue, path, source, schema)
  )
  return { flaws: [...new Set(flaws)] }
}

type Issue = v.BaseIssue<unknown>
interface Leaf {
  readonly issue: Issue
  readonly path: readonly string[]
}

/** A part that may be `false` is a union; what is wrong in its object stands in the union's own issues. */
function leaves(issue: Issue, base: readonly string[]): Leaf[] {
  const path = [...base, ...(issue.path ?? []).map((item) => String(item.key))]
  const isObject = typeof issue.input === 'object' && issue.input !== null
  const inner = (issue.issues ?? []).filter((part) => part.type === 'strict_object' || (part.path ?? []).length > 0)
  if (isObject && inner.length > 0) return inner.flatMap((part) => leaves(part, path))
  return [{ issue, path }]
}

function describe(issue: Issue, path: readonly string[], source: Source, schema: v.GenericSchema): string {
  const line = locateKey(source.text, path)
  const where = `${source.file}${line === undefined ? '' : `:${line}`}`
  const name = path.join('.') || 'The config'
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = keysAt(schema, path.slice(0, -1))
    const best = nearest(path[path.length - 1] ?? '', known)
    const hint = best === undefined
      ? `known here: ${known.join(', ')}`
      : `did you mean "${[...path.slice(0, -1), best].join('.')}"?`
    return `${where}: ${name} is not known; ${hint}`
  }
  if (issue.input === undefined && /_object$/.test(issue.type)) return `${where}: ${name} is missing`
  const expected = /^[a-z']/.test(issue.message) ? issue.message : expectation(issue)
  return `${where}: ${name} is ${show(issue.input)}, expected ${expected}`
}

function expectation(issue: Issue): string {
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
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? text.slice(0, 57) + '…' : text
}

/** The keys of the object that stands at `path` in the schema. */
function keysAt(schema: v.GenericSchema, path: readonly string[]): string[] {
  const entries = entriesOf(schema)
  if (entries === undefined) return []
  const [first, ...rest] = path
  const inner = first === undefined ? undefined : entries[first]
  return inner === undefined ? Object.keys(entries) : keysAt(inner, rest)
}

/** The members of an object schema, through what wraps it. */
export function entriesOf(schema: v.GenericSchema): Record<string, v.GenericSchema> | undefined {
  if ('entries' in schema) return schema.entries as Record<string, v.GenericSchema> // an object schema's own form
  if ('wrapped' in schema) return entriesOf(schema.wrapped as v.GenericSchema) // an optional schema's own form
  if ('options' in schema && Array.isArray(schema.options)) {
    for (const option of schema.options) {
      const found = typeof option === 'object' && option !== null ? entriesOf(option) : undefined
      if (found !== undefined) return found
    }
  }
  return undefined
}
