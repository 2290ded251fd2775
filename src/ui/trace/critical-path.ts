import type { Segment, Trace } from '../../trace/assemble-trace.ts'

/** A part of a segment's time, in Unix seconds. */
export type Interval = readonly [from: number, to: number]

/**
 * Finds the critical path of a trace: the parts of segments without which it would have been shorter. It goes back from
 * the end of the trace, as what ended last is what was waited for.
 *
 * @returns the parts by the id of their segment
 */
export function criticalPath({ roots }: Trace): ReadonlyMap<string, readonly Interval[]> {
  const path = new Map<string, Interval[]>()
  const add = (segment: Segment, from: number, to: number): void => {
    if (to - from <= 1e-9) return
    const parts = path.get(segment.id) ?? []
    path.set(segment.id, parts)
    parts.push([from, to])
  }
  const walk = (segment: Segment, until: number): void => {
    let moment = Math.min(until, segment.end ?? until)
    const children = segment.children.filter(({ end }) => end !== undefined).sort((a, b) => (b.end ?? 0) - (a.end ?? 0))
    for (const child of children) {
      // A child that goes on after this moment was not waited for, and one within a child that was waited for took no
      // time of its own. Ends that differ by no more than clocks do count as one.
      const slack = Math.max(0.001, ((child.end ?? 0) - child.start) * 0.02)
      if ((child.end ?? 0) > moment + slack || child.start >= moment || child.start < segment.start - slack) continue
      const end = Math.min(child.end ?? 0, moment)
      add(segment, end, moment)
      walk(child, end)
      moment = child.start
    }
    add(segment, segment.start, moment)
  }
  const root = roots.find(({ isSubsegment }) => !isSubsegment) ?? roots[0]
  if (root !== undefined) walk(root, root.end ?? Infinity)
  return path
}
