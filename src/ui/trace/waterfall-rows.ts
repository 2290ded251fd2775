import type { Segment, Trace } from '../../trace/assemble-trace.ts'
import { objectOf, textOf } from '../../bytes/json.ts'
import { outcomeOfDocument } from '../../trace/outcome.ts'
import { operationOf } from './operation-of.ts'

/** A row of the timeline: a segment, or alike siblings that are folded into one row. */
export interface WaterfallRow {
  readonly segment: Segment
  readonly depth: number
  /** The siblings that the row stands for, `segment` first; only that if nothing is folded into it. */
  readonly alike: readonly Segment[]
  /** How many times the same call failed before. */
  readonly retry: number
}

/** What of a trace's tree is folded. */
export interface Folds {
  /** Segments whose children are hidden. */
  readonly folded: ReadonlySet<string>
  /** The first of alike siblings that are shown as rows of their own. */
  readonly apart: ReadonlySet<string>
}

/** From this number on alike siblings are folded into one row. */
const MIN_ALIKE = 4

/** The rows of the timeline, from top to bottom. */
export function rowsOf({ roots }: Trace, { folded, apart }: Folds): WaterfallRow[] {
  const rows: WaterfallRow[] = []
  const addAll = (siblings: readonly Segment[], depth: number): void => {
    const kinds = siblings.map(kindOf)
    /** The last of each kind, and how many of its kind failed before it. */
    const tried = new Map<string, { last: Segment; count: number }>()
    for (let index = 0; index < siblings.length;) {
      const run = alikeFrom(siblings, kinds, index)
      const [first] = run
      if (first !== undefined && run.length >= MIN_ALIKE && !apart.has(first.id)) {
        rows.push({ segment: first, depth, alike: run, retry: 0 })
      } else {
        for (const segment of run) {
          const retry = retryOf(segment, tried.get(kinds[index] ?? ''))
          tried.set(kinds[index] ?? '', { last: segment, count: retry })
          rows.push({ segment, depth, alike: [segment], retry })
          if (!folded.has(segment.id)) addAll(segment.children, depth + 1)
        }
      }
      index += run.length
    }
  }
  addAll(roots, 0)
  return rows
}

/** A key of what a segment does; siblings with one key do the same. */
function kindOf(segment: Segment): string {
  return `${segment.name}\u0000${operationOf(segment)}\u0000${
    textOf(objectOf(segment.document['sql'])['sanitized_query']) ?? ''
  }`
}

/** The run of siblings from an index on that do the same and succeeded; the first, whatever its outcome. */
function alikeFrom(siblings: readonly Segment[], kinds: readonly string[], start: number): Segment[] {
  const isAlike = (i: number): boolean => {
    const sibling = siblings[i]
    return sibling !== undefined && kinds[i] === kinds[start] && outcomeOfDocument(sibling.document) === 'ok'
  }
  let end = start + 1
  if (isAlike(start)) { while (isAlike(end)) end++ }
  return siblings.slice(start, end)
}

/** How many times the same call failed before, one after the other. */
function retryOf(segment: Segment, before: { last: Segment; count: number } | undefined): number {
  if (before === undefined) return 0
  const { last, count } = before
  const isFailed = ['fault', 'error', 'throttle'].includes(outcomeOfDocument(last.document))
  return isFailed && last.end !== undefined && last.end <= segment.start ? count + 1 : 0
}
