import type { IdSource } from '../bytes/random-ids.ts'
import type { SpanParts } from '../otlp/find-span.ts'
import type { RuleTarget, SpanRule } from '../trace/span-rule.ts'
import { type SpanPart, spanParts, withoutParts } from './span-parts.ts'
import { SpanTranslator } from './span-translator.ts'
import type { TranslateSettings } from './translate-settings.ts'

/** Members are named down to this depth; deeper ones belong to one of these. */
const MAX_DEPTH = 4
/** Of more parts only the first are examined: each costs a translation of the span. */
const MAX_PARTS = 400
/** How much JSON of a span is translated for all of its parts, in characters. */
const MAX_TRANSLATED = 1 << 23
/** Of more targets only the first are named. */
const MAX_TARGETS = 8

/** The leaves of a span's documents: the JSON of each by its path, with U+0000 between the keys. */
type Leaves = ReadonlyMap<string, string>
/** Paths of leaves that change without something. */
type Paths = ReadonlySet<string>
type Translate = (variant: SpanParts) => Leaves

/** Parts of a span of which each suffices for the same members. */
interface Alternatives {
  readonly parts: readonly SpanPart[]
  readonly paths: Paths
}

/**
 * Finds where each part of a span goes by asking the translator: it translates the span without that part, or with
 * another value there, and compares the documents; then without several parts, for members of which each part is enough.
 * So it says nothing else than what the translator does.
 *
 * @returns rules for each field, attribute, event and link of the span, its resource and its scope, in their order; then
 * one for each member that is written without any of them
 */
export function spanRules(parts: SpanParts, settings: TranslateSettings): SpanRule[] {
  const ids = countedIds()
  const translator = new SpanTranslator(settings, ids)
  const translate: Translate = (variant) => {
    ids.reset()
    return leavesOf(translator.translate(variant).documents)
  }
  const whole = translate(parts)
  const all = spanParts(parts)
  const affordable = Math.ceil(MAX_TRANSLATED / JSON.stringify(parts).length)
  const examined = all.slice(0, Math.min(MAX_PARTS, affordable))
  const changes = new Map(examined.map((part) => [part, changesOf(part, whole, translate)]))
  const explained = new Set([...changes.values()].flatMap((paths) => [...paths]))
  const rest = [...whole.keys()].filter((path) => !explained.has(path))
  // Members of parts that were not examined look as if they were made.
  const isComplete = examined.length === all.length
  const alternatives = isComplete
    ? findAlternatives(rest, examined, (removed) => differences(whole, translate(withoutParts(parts, removed))))
    : []
  const rules = examined.flatMap((part) => rulesOf(part, whole, changes, alternatives))
  if (!isComplete) return rules
  const made = rest.filter((path) => !alternatives.some(({ paths }) => paths.has(path)))
  return [
    ...rules,
    ...targetsOf(whole, new Set(made)).map((target): SpanRule => ({
      from: '',
      value: undefined,
      rule: 'made',
      to: [target],
    })),
  ]
}

/** The leaves that change with the first variant of a part that changes any. */
function changesOf({ variants }: SpanPart, whole: Leaves, translate: Translate): Paths {
  for (const variant of variants) {
    const changed = differences(whole, translate(variant()))
    if (changed.size > 0) return changed
  }
  return new Set()
}

function differences(whole: Leaves, other: Leaves): Paths {
  return new Set([...whole].filter(([path, leaf]) => other.get(path) !== leaf).map(([path]) => path))
}

/**
 * For members that no part makes alone: the parts of which each suffices. They are a smallest set without which the member
 * is another one; with any of them put back it is the same.
 *
 * @param changesWithout returns the leaves that change without some parts
 */
function findAlternatives(
  members: readonly string[],
  all: readonly SpanPart[],
  changesWithout: (removed: readonly SpanPart[]) => Paths,
): Alternatives[] {
  const known = new Map<string, Paths>()
  const without = (removed: readonly SpanPart[]): Paths => {
    const key = removed.map((part) => all.indexOf(part)).join()
    const paths = known.get(key) ?? changesWithout(removed)
    known.set(key, paths)
    return paths
  }
  const found = new Map<string, { parts: readonly SpanPart[]; paths: Set<string> }>()
  for (const member of members) {
    if (!without(all).has(member)) continue
    const parts = smallest(all, (removed) => without(removed).has(member))
    const key = parts.map(({ from }) => from).join('\u0000')
    const entry = found.get(key) ?? { parts, paths: new Set() }
    found.set(key, entry)
    entry.paths.add(member)
  }
  return [...found.values()]
}

/** A part of a list that is enough, and of which nothing can be left out. @param isEnough is true of the whole list */
function smallest<T>(list: readonly T[], isEnough: (part: readonly T[]) => boolean): readonly T[] {
  let found = list
  // Leaves out many at a time first, as almost all can be left out.
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let i = 0; i < found.length;) {
      const fewer = found.toSpliced(i, size)
      if (isEnough(fewer)) found = fewer
      else i += size
    }
  }
  // What was needed in a longer list may not be in a shorter one.
  return found.length === list.length ? found : smallest(found, isEnough)
}

/** What one part makes, and what it decides about others. A part that does neither is dropped. */
function rulesOf(
  part: SpanPart,
  whole: Leaves,
  changes: ReadonlyMap<SpanPart, Paths>,
  alternatives: readonly Alternatives[],
): SpanRule[] {
  const { from, value } = part
  const changed = [...changes.get(part) ?? []]
  const isDecided = (path: string): boolean => {
    const leaf = parse(whole.get(path))
    const carriers = [...changes].filter(([other, paths]) => paths.has(path) && isSame(leaf, other.value))
    return carriers.length > 0 && carriers.every(([other]) => other !== part)
  }
  const decided = targetsOf(whole, new Set(changed.filter(isDecided)))
  const to = [
    ...targetsOf(whole, new Set(changed.filter((path) => !isDecided(path))), value).slice(0, MAX_TARGETS),
    ...alternatives.filter(({ parts }) => parts.includes(part)).flatMap(({ parts, paths }) => {
      const alsoFrom = parts.filter((other) => other !== part).map((other) => other.from)
      return targetsOf(whole, paths, value).slice(0, MAX_TARGETS).map((target) => ({ ...target, alsoFrom }))
    }),
  ]
  return [
    ...(to.length === 0 && decided.length > 0 ? [] : [{ from, value, rule: ruleOf(from, value, to), to }]),
    ...(decided.length === 0 ? [] : [{ from, value, rule: 'decides' as const, to: decided.slice(0, MAX_TARGETS) }]),
  ]
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
function targetsOf(whole: Leaves, changed: Paths, value?: unknown): RuleTarget[] {
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
function isAllOf(whole: Leaves, changed: Paths, top: string): boolean {
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
