import type { IdSource } from '../bytes/random-ids.ts'
import type { SpanParts } from '../otlp/find-span.ts'
import type { OtlpJson, OtlpValue } from '../otlp/protobuf-to-json.ts'
import type { RuleTarget, SpanRule } from '../trace/span-rule.ts'
import { SpanTranslator } from './span-translator.ts'
import type { TranslateSettings } from './translate-settings.ts'

/** Members are named down to this depth; deeper ones belong to one of these. */
const MAX_DEPTH = 4
/** Of more parts only the first are examined: each costs a translation. */
const MAX_PARTS = 400
/** Of more targets only the first are named. */
const MAX_TARGETS = 8

/** The leaves of a span's documents: the JSON of each by its path, with U+0000 between the keys. */
type Leaves = ReadonlyMap<string, string>

/**
 * Finds where each part of a span goes by asking the translator: it translates the span without that part, or with
 * another value there, and compares the documents. So it says nothing else than what the translator does.
 *
 * @returns a rule for each field, attribute, event and link of the span, its resource and its scope, in their order;
 * then one for each member that no part explains
 */
export function spanRules(parts: SpanParts, settings: TranslateSettings): SpanRule[] {
  const ids = countedIds()
  const translator = new SpanTranslator(settings, ids)
  const translate = (variant: SpanParts): Leaves => {
    ids.reset()
    return leavesOf(translator.translate(variant).documents)
  }
  const whole = translate(parts)
  const rules: SpanRule[] = []
  const explained = new Set<string>()
  const all = partsOf(parts)
  for (const { from, value, variants } of all.slice(0, MAX_PARTS)) {
    const changed = new Set<string>()
    for (const variant of variants) {
      if (changed.size > 0) break
      const other = translate(variant())
      for (const [path, leaf] of whole) if (other.get(path) !== leaf) changed.add(path)
    }
    for (const path of changed) explained.add(path)
    const to = targetsOf(whole, changed, value)
    rules.push({ from, value, rule: ruleOf(from, value, to), to: to.slice(0, MAX_TARGETS) })
  }
  // Members of parts that were not examined look as if they were made.
  if (all.length > MAX_PARTS) return rules
  const made = targetsOf(whole, new Set([...whole.keys()].filter((path) => !explained.has(path))))
  return [...rules, ...made.map((target): SpanRule => ({ from: '', value: undefined, rule: 'made', to: [target] }))]
}

/** Ids that are the same for each translation, so that documents differ only by the part that is left out. */
function countedIds(): IdSource & { reset(): void } {
  const id = new Uint8Array(8)
  return {
    next() {
      id[7] = (id[7] ?? 0) + 1
      return id
    },
    reset: () => void id.fill(0),
  }
}

/** Paths of documents after the first start with its number. */
function leavesOf(documents: readonly unknown[]): Leaves {
  const leaves = new Map<string, string>()
  for (const [i, document] of documents.entries()) {
    addLeaves(leaves, i === 0 ? '' : `document ${i + 1}: `, document, 0)
  }
  return leaves
}

function addLeaves(leaves: Map<string, string>, path: string, value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) {
    leaves.set(path, JSON.stringify(value))
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    addLeaves(leaves, path === '' || path.endsWith(': ') ? path + key : `${path}\u0000${key}`, inner, depth + 1)
  }
}

/**
 * The members that changed: first those that are `value`, then the others. Where all of an object changed, the object is
 * named instead of its members.
 */
function targetsOf(whole: Leaves, changed: ReadonlySet<string>, value?: unknown): RuleTarget[] {
  const same = [...changed].filter((path) => isSame(parse(whole.get(path)), value))
  const targets = new Map<string, unknown>(same.map((path) => [path, parse(whole.get(path))]))
  for (const path of changed) {
    if (targets.has(path)) continue
    const keys = path.split('\u0000')
    const tops = keys.slice(0, -1).map((_, i) => keys.slice(0, i + 1).join('\u0000'))
    const top = tops.find((candidate) =>
      isAllOf(whole, changed, candidate) && !same.some((other) => other.startsWith(`${candidate}\u0000`))
    )
    if (top === undefined) targets.set(path, parse(whole.get(path)))
    else targets.set(top, memberOf(whole, top))
  }
  return [...targets].map(([path, member]) => ({ path: path.replaceAll('\u0000', '.'), value: member }))
}

function isSame(member: unknown, value: unknown): boolean {
  return value !== undefined && typeof member !== 'object' && String(member) === String(value)
}

/** True if an object has several members, and all of them changed. */
function isAllOf(whole: Leaves, changed: ReadonlySet<string>, top: string): boolean {
  const inner = [...whole.keys()].filter((path) => path.startsWith(`${top}\u0000`))
  return inner.length > 1 && inner.every((path) => changed.has(path))
}

function memberOf(whole: Leaves, top: string): unknown {
  const inner = [...whole].filter(([path]) => path.startsWith(`${top}\u0000`))
  return Object.fromEntries(
    inner.map(([path, leaf]) => [path.slice(top.length + 1).replaceAll('\u0000', '.'), parse(leaf)]),
  )
}

function parse(leaf: string | undefined): unknown {
  return leaf === undefined ? undefined : JSON.parse(leaf)
}

function ruleOf(from: string, value: unknown, to: readonly RuleTarget[]): SpanRule['rule'] {
  if (to.length === 0) return 'dropped'
  const name = from.slice(from.indexOf('.') + 1)
  const same = to.find((target) => isSame(target.value, value))
  if (same === undefined) {
    const isCut = to.some((target) =>
      typeof target.value === 'string' && target.value !== '' && String(value).startsWith(target.value)
    )
    return isCut ? 'cut' : 'reformatted'
  }
  if (same.path.startsWith('metadata.')) return 'not indexed'
  if (same.path.endsWith(name)) return 'copied'
  return same.path.startsWith('annotations.') ? 'renamed' : 'moved'
}

/** A part of a span, and spans that differ from it in that part: the first that changes a document shows where it goes. */
interface Part {
  readonly from: string
  readonly value: unknown
  readonly variants: readonly (() => SpanParts)[]
}

function partsOf(parts: SpanParts): Part[] {
  const { span, scope, resource } = parts
  return [
    ...membersOf('', span, (other) => ({ ...parts, span: other })),
    ...membersOf('resource', resource, (other) => ({ ...parts, resource: other })),
    ...membersOf('scope', scope, (other) => ({ ...parts, scope: other })),
  ]
}

/** @param owner the message's name; empty for the span itself */
function membersOf(owner: string, message: OtlpJson, replace: (message: OtlpJson) => SpanParts): Part[] {
  return Object.entries(message).flatMap(([name, value]): Part[] => {
    if (Array.isArray(value) && name !== 'links') {
      return value.map((entry, i) => {
        const put = (list: OtlpValue[]): SpanParts => replace({ ...message, [name]: list })
        const removed = (): SpanParts => put(value.toSpliced(i, 1))
        // If it is gone, another attribute of the same value may take its place; only another value shows that.
        const changed = (): SpanParts => put(value.with(i, otherAttribute(entry)))
        return { ...describe(owner || name, i, entry), variants: [removed, changed] }
      })
    }
    const variant = (): SpanParts => replace(owner === '' ? otherField(message, name) : without(message, name))
    return [{ from: owner === '' ? name : `${owner}.${name}`, value, variants: [variant] }]
  })
}

function describe(owner: string, i: number, entry: OtlpValue): { from: string; value: unknown } {
  const { key, value } = Object(entry)
  return typeof key === 'string'
    ? { from: `${owner}.${key}`, value: plain(value) }
    : { from: `${owner}.${i}`, value: entry }
}

/** The value of an AnyValue; an array or a map stays as it is. */
function plain(value: unknown): unknown {
  const [[kind, inner] = []] = Object.entries(Object(value))
  return kind === 'intValue' ? Number(inner) : inner
}

/** The message with another value of a field; without it, unless a span needs it. */
function otherField(span: OtlpJson, name: string): OtlpJson {
  const value = String(span[name])
  switch (name) {
    case 'traceId':
    case 'spanId':
      return { ...span, [name]: otherText(value) }
    case 'startTimeUnixNano':
    case 'endTimeUnixNano':
      return { ...span, [name]: String(BigInt(value) + 1_000_000_000n) }
    case 'name':
      return { ...span, [name]: `${value}~` }
    default:
      return without(span, name)
  }
}

function without(message: OtlpJson, name: string): OtlpJson {
  const { [name]: _, ...rest } = message
  return rest
}

/** An attribute with the same key and another value; anything else is returned as it is. */
function otherAttribute(entry: OtlpValue): OtlpValue {
  const { key, value } = Object(entry)
  const [[kind, inner] = []] = Object.entries(Object(value))
  if (kind === undefined || typeof key !== 'string') return entry
  switch (kind) {
    case 'stringValue':
      return { key, value: { [kind]: otherText(String(inner)) } }
    case 'intValue':
      return { key, value: { [kind]: String(BigInt(String(inner)) - 1n) } }
    case 'boolValue':
      return { key, value: { [kind]: inner !== true } }
    default:
      return entry
  }
}

/** Another text of the same form: an id or an address stays one. */
function otherText(text: string): string {
  return /[0-9a-f]$/.test(text) ? text.slice(0, -1) + (text.endsWith('1') ? '2' : '1') : `${text}~`
}
