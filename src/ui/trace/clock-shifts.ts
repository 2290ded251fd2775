import type { Segment, Trace } from '../../trace/assemble-trace.ts'

/**
 * Finds how far the clocks of other hosts are off: a segment that begins before the call that led to it is moved into the
 * middle of that call.
 *
 * @returns the seconds to add, by the id of each segment that moves
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

/** Seconds by which clocks of one host may differ. */
const MIN_SKEW = 0.001

function shiftOf(parent: Segment, child: Segment, shift: number): number {
  const start = child.start + shift
  const parentStart = parent.start + shift
  if (start >= parentStart - MIN_SKEW || parent.end === undefined) return 0
  const room = parent.end - parent.start - ((child.end ?? child.start) - child.start)
  return parentStart + Math.max(0, room) / 2 - start
}
