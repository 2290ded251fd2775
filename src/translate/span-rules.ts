import { jsonToProtobuf } from '../otlp/json-to-protobuf.ts'
import type { SpanParts } from '../otlp/find-span.ts'
import type { OtlpJson, OtlpValue } from '../otlp/protobuf-to-json.ts'
import { documentsOf, documentText } from '../component/batch.ts'
import { DocumentGroup } from '../segment/document-group.ts'
import type { RuleTarget, SpanRule } from '../trace/span-rule.ts'
import type { IdSource } from '../bytes/random-ids.ts'
import type { TranslateSettings } from './translate-settings.ts'
import { Translator } from './translator.ts'

/** Members are named to this depth; what is deeper belongs to one of these. */
const MOST_DEPTH = 4
/** Of more parts only the first are looked at: each costs a translation. */
const MOST_PARTS = 400
/** Of more targets only the first are named. */
const MOST_TARGETS = 8

/**
 * Finds what becomes of each part of a span by asking the translator: it translates the span without that part, and
 * compares. So it cannot say anything else than what is done.
 */
export function spanRules(parts: SpanParts, settings: TranslateSettings): SpanRule[] {
  const whole = translate(parts, settings)
  const rules: SpanRule[] = []
  const explained = new Set<string>()
  const all = partsOf(parts)
  for (const { from, value, without } of all.slice(0, MOST_PARTS)) {
    const other = translate(without, settings)
    const changed = new Set([...whole].filter(([path, leaf]) => other.get(path) !== leaf).map(([path]) => path))
    for (const path of changed) explained.add(path)
    const to = targetsOf(whole, changed)
    rules.push({ from, value, rule: ruleOf(from, value, to), to: to.slice(0, MOST_TARGETS) })
  }
  // What the parts that were not looked at became is not known, so it cannot be told from what was made.
  if (all.length > MOST_PARTS) return rules
  const made = targetsOf(whole, new Set([...whole.keys()].filter((path) => !explained.has(path))))
  return [...rules, ...made.map((target): SpanRule => ({ from: '', value: undefined, rule: 'made', to: [target] }))]
}

/** The leaves of the document that a span gives, each as JSON; several documents are one after the other. */
function translate({ resource, scope, span }: SpanParts, settings: TranslateSettings): Map<string, string> {
  const json = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] }
  const { bytes } = jsonToProtobuf(new TextEncoder().encode(JSON.stringify(json)))
  const group = new DocumentGroup()
  new Translator(settings, countedIds()).translate(bytes, group)
  const block = group.take()
  const documents = documentsOf({ parts: [{ block, from: 0, to: block.ends.length }], count: block.ends.length })
  const leaves = new Map<string, string>()
  for (const [i, document] of documents.entries()) {
    addLeaves(leaves, i === 0 ? '' : `document ${i + 1}: `, JSON.parse(documentText(document)), 0)
  }
  return leaves
}

/** Ids that are the same each time, so that only what matters differs. */
function countedIds(): IdSource {
  const id = new Uint8Array(8)
  return {
    next() {
      id[7] = (id[7] ?? 0) + 1
      return id
    },
  }
}

function addLeaves(leaves: Map<string, string>, path: string, value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || depth === MOST_DEPTH) {
    leaves.set(path, JSON.stringify(value))
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    addLeaves(leaves, path === '' || path.endsWith(': ') ? path + key : `${path}\u0000${key}`, inner, depth + 1)
  }
}

/** The members that changed; where everything of one changed, it is named alone. */
function targetsOf(whole: ReadonlyMap<string, string>, changed: ReadonlySet<string>): RuleTarget[] {
  const targets = new Map<string, unknown>()
  for (const path of changed) {
    const keys = path.split('\u0000')
    const depth = keys.findIndex((_, i) => i > 0 && isAllOf(whole, changed, keys.slice(0, i).join('\u0000')))
    const top = depth === -1 ? path : keys.slice(0, depth).join('\u0000')
    targets.set(top, top === path ? parse(whole.get(path)) : memberOf(whole, top))
  }
  return [...targets].map(([path, value]) => ({ path: path.replaceAll('\u0000', '.'), value }))
}

/** Whether a member has several parts, all of which changed. */
function isAllOf(whole: ReadonlyMap<string, string>, changed: ReadonlySet<string>, top: string): boolean {
  const inner = [...whole.keys()].filter((path) => path.startsWith(`${top}\u0000`))
  return inner.length > 1 && inner.every((path) => changed.has(path))
}

function memberOf(whole: ReadonlyMap<string, string>, top: string): unknown {
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
  const same = to.find((target) => typeof target.value !== 'object' && String(target.value) === String(value))
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

interface Part {
  readonly from: string
  readonly value: unknown
  readonly without: SpanParts
}

/** Each part of a span, and the span without it. What a span cannot be without is changed instead. */
function partsOf(parts: SpanParts): Part[] {
  const { span, scope, resource } = parts
  const found: Part[] = []
  for (const [name, value] of Object.entries(span)) {
    if (Array.isArray(value) && name !== 'links') {
      for (const [i, entry] of value.entries()) {
        const without = { ...parts, span: { ...span, [name]: value.filter((_, other) => other !== i) } }
        found.push({ ...describe(name, i, entry), without })
      }
    } else found.push({ from: name, value, without: { ...parts, span: changed(span, name) } })
  }
  found.push(...inner('resource', resource, (other) => ({ ...parts, resource: other })))
  found.push(...inner('scope', scope, (other) => ({ ...parts, scope: other })))
  return found
}

function inner(of: string, message: OtlpJson, put: (message: OtlpJson) => SpanParts): Part[] {
  return Object.entries(message).flatMap(([name, value]): Part[] => {
    if (!Array.isArray(value)) {
      const { [name]: _, ...rest } = message
      return [{ from: `${of}.${name}`, value, without: put(rest) }]
    }
    return value.map((entry, i) => ({
      ...describe(of, i, entry),
      without: put({ ...message, [name]: value.filter((_, other) => other !== i) }),
    }))
  })
}

function describe(of: string, i: number, entry: OtlpValue): { from: string; value: unknown } {
  const { key, value } = Object(entry)
  return typeof key === 'string' ? { from: `${of}.${key}`, value: plain(value) } : { from: `${of}.${i}`, value: entry }
}

/** The value of an attribute without its wrapping; an array or a map stays as it is. */
function plain(value: unknown): unknown {
  const [[kind, inner] = []] = Object.entries(Object(value))
  return kind === 'intValue' ? Number(inner) : inner
}

function changed(span: OtlpJson, name: string): OtlpJson {
  const value = String(span[name])
  const other = (text: string): OtlpJson => ({ ...span, [name]: text })
  switch (name) {
    case 'traceId':
    case 'spanId':
      return other(value.replace(/.$/, (digit) => (digit === '1' ? '2' : '1')))
    case 'startTimeUnixNano':
    case 'endTimeUnixNano':
      return other(String(BigInt(value) + 1_000_000_000n))
    case 'name':
      return other(`${value}~`)
    default: {
      const { [name]: _, ...rest } = span
      return rest
    }
  }
}
