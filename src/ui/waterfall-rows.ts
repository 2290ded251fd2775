import type { Segment, Trace } from '../trace/assemble-trace.ts'
import { objectOf, textOf } from '../bytes/json.ts'

/** A row of the timeline. */
export interface WaterfallRow {
  readonly segment: Segment
  readonly depth: number
  /** Alike siblings that the row stands for, this one among them; one if it stands for itself. */
  readonly alike: readonly Segment[]
  /** How many times the same was tried before. */
  readonly retry: number
}

/** What of the tree is folded. */
export interface Folds {
  /** Segments whose children are hidden. */
  readonly folded: ReadonlySet<string>
  /** First ones of alike siblings that are shown apart. */
  readonly apart: ReadonlySet<string>
}

/** A part of a segment's time, in Unix seconds. */
export type Interval = readonly [from: number, to: number]

/** So many alike siblings are folded into one row. */
const ALIKE = 4

/** The worst that a segment says of itself. */
export function stateOfSegment({ document, end }: Segment): 'fault' | 'throttle' | 'error' | 'prog' | 'ok' {
  if (document['fault'] === true) return 'fault'
  if (document['throttle'] === true) return 'throttle'
  if (document['error'] === true) return 'error'
  return end === undefined ? 'prog' : 'ok'
}

/** The rows of the timeline, from top to bottom. */
export function rowsOf({ roots }: Trace, { folded, apart }: Folds): WaterfallRow[] {
  const rows: WaterfallRow[] = []
  const addAll = (siblings: readonly Segment[], depth: number): void => {
    const kinds = siblings.map(kindOf)
    /** The last of each kind, and how often it was tried before. */
    const tried = new Map<string, { last: Segment; count: number }>()
    for (let at = 0; at < siblings.length;) {
      const run = alikeFrom(siblings, kinds, at)
      const [first] = run
      if (first !== undefined && run.length >= ALIKE && !apart.has(first.id)) {
        rows.push({ segment: first, depth, alike: run, retry: 0 })
      } else {
        for (const segment of run) {
          const retry = retryOf(segment, tried.get(kinds[at] ?? ''))
          tried.set(kinds[at] ?? '', { last: segment, count: retry })
          rows.push({ segment, depth, alike: [segment], retry })
          if (!folded.has(segment.id)) addAll(segment.children, depth + 1)
        }
      }
      at += run.length
    }
  }
  addAll(roots, 0)
  return rows
}

/** What siblings that do the same have in common. */
function kindOf(segment: Segment): string {
  return `${segment.name}\u0000${operationOf(segment)}\u0000${
    textOf(objectOf(segment.document['sql'])['sanitized_query']) ?? ''
  }`
}

/** Siblings from a place on that do the same and went well; the first one, however it went. */
function alikeFrom(siblings: readonly Segment[], kinds: readonly string[], at: number): Segment[] {
  const isAlike = (i: number): boolean => {
    const one = siblings[i]
    return one !== undefined && kinds[i] === kinds[at] && stateOfSegment(one) === 'ok'
  }
  let end = at + 1
  if (isAlike(at)) { while (isAlike(end)) end++ }
  return siblings.slice(at, end)
}

/** How many times the same was tried before, one after the other, and failed. */
function retryOf(segment: Segment, before: { last: Segment; count: number } | undefined): number {
  if (before === undefined) return 0
  const { last, count } = before
  const isFailed = ['fault', 'error', 'throttle'].includes(stateOfSegment(last))
  return isFailed && last.end !== undefined && last.end <= segment.start ? count + 1 : 0
}

/** What a segment does: the operation, or the method and path. */
export function operationOf({ document, isSubsegment }: Segment): string {
  const operation = textOf(objectOf(document['aws'])['operation'])
  if (operation !== undefined) return operation
  const { method, url } = objectOf(objectOf(document['http'])['request'])
  const path = typeof url === 'string' ? URL.canParse(url) ? new URL(url).pathname : url : undefined
  const request = [textOf(method), path].filter((part) => part !== undefined).join(' ')
  return request === '' && !isSubsegment ? textOf(objectOf(document['metadata'])['operation']) ?? '' : request
}

/**
 * Where the time of a trace went: the parts of segments without which it would have been shorter. It goes back from the
 * end: what ended last is what was waited for.
 */
export function criticalPath({ roots }: Trace): ReadonlyMap<string, readonly Interval[]> {
  const path = new Map<string, Interval[]>()
  const add = (segment: Segment, from: number, to: number): void => {
    if (to - from <= 1e-9) return
    path.set(segment.id, [...path.get(segment.id) ?? [], [from, to]])
  }
  const walk = (segment: Segment, until: number): void => {
    let at = Math.min(until, segment.end ?? until)
    const children = segment.children.filter(({ end }) => end !== undefined).sort((a, b) => (b.end ?? 0) - (a.end ?? 0))
    for (const child of children) {
      // What goes on beyond is not waited for, and what lies within what was waited for took no time of its own. Ends
      // that differ by as little as clocks do are one.
      const slack = Math.max(0.001, ((child.end ?? 0) - child.start) * 0.02)
      if ((child.end ?? 0) > at + slack || child.start >= at || child.start < segment.start - slack) continue
      const end = Math.min(child.end ?? 0, at)
      add(segment, end, at)
      walk(child, end)
      at = child.start
    }
    add(segment, segment.start, at)
  }
  const root = roots.find(({ isSubsegment }) => !isSubsegment) ?? roots[0]
  if (root !== undefined) walk(root, root.end ?? Infinity)
  return path
}

/**
 * How much clocks of other hosts are off, in seconds to add: a segment that begins before the call that led to it is
 * put into the middle of that call. By the id of each segment that moves.
 */
export function clockShifts({ roots }: Trace): ReadonlyMap<string, number> {
  const shifts = new Map<string, number>()
  const open = roots.map((segment) => ({ segment, shift: 0 }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { segment, shift } = next
    if (shift !== 0) shifts.set(segment.id, shift)
    for (const child of segment.children) {
      open.push({ segment: child, shift: child.isSubsegment ? shift : shift + shiftOf(segment, child, shift) })
    }
  }
  return shifts
}

/** A millisecond is within what clocks of one host differ by. */
const LEAST_SKEW = 0.001

function shiftOf(parent: Segment, child: Segment, shift: number): number {
  const start = child.start + shift
  const parentStart = parent.start + shift
  if (start >= parentStart - LEAST_SKEW || parent.end === undefined) return 0
  const room = parent.end - parent.start - ((child.end ?? child.start) - child.start)
  return parentStart + Math.max(0, room) / 2 - start
}
