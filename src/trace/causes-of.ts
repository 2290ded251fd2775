import type { Segment, Trace } from './assemble-trace.ts'
import { listOf, objectOf, textOf } from '../bytes/json.ts'
import { calledService, serviceOf } from './service-of.ts'
import type { CauseEntity, CauseException, CauseService, RootCauses } from './trace-index.ts'

/** Paths of one kind; more of them add nothing. */
const MAX_PATHS = 10
/** A child counts as a cause of response time if it takes at least this share of its parent's time. */
const MIN_SLOW_SHARE = 0.5

/** The exceptions of a segment, without those of its subsegments. */
export function exceptionsOf({ document }: Segment): CauseException[] {
  return listOf(objectOf(document['cause'])['exceptions']).map(objectOf).map(({ type, message }) => ({
    name: textOf(type) ?? '',
    message: textOf(message) ?? '',
  }))
}

/**
 * Finds where faults, errors and response time come from. A path of faults or errors begins at the first service that has
 * the flag or makes a call that has it, and ends at the last segment below that has it; a path of response time goes down
 * as long as a child takes at least half of its parent's.
 */
export function causesOf({ roots }: Trace): RootCauses {
  const paths = (flag: 'fault' | 'error'): CauseService[][] =>
    pathsTo(roots, flag).map((path) => servicesOf(path, path[0]))
  return {
    fault: paths('fault'),
    error: paths('error'),
    responsetime: roots.slice(0, 1).map(slowestPath).map((path) => servicesOf(path, path[0])),
  }
}

/** The first paths to the last of the segments with a flag, each from the service of the first of them. */
function pathsTo(roots: readonly Segment[], flag: 'fault' | 'error'): Segment[][] {
  const paths: Segment[][] = []
  const isCause = ({ document }: Segment): boolean => document[flag] === true
  /** Follows causes down to the last of them. @param path from the first cause to the segment */
  const follow = (segment: Segment, path: readonly Segment[]): void => {
    let isLast = true
    for (const child of segment.children) {
      if (!isCause(child)) continue
      isLast = false
      follow(child, [...path, child])
      if (paths.length === MAX_PATHS) return
    }
    const [first] = path
    if (isLast && first !== undefined) paths.push([...wayTo(first), ...path])
  }
  const find = (segment: Segment): void => {
    if (isCause(segment)) return follow(segment, [segment])
    for (const child of segment.children) {
      find(child)
      if (paths.length === MAX_PATHS) return
    }
  }
  for (const root of roots) {
    find(root)
    if (paths.length === MAX_PATHS) break
  }
  return paths
}

/** What is around a subsegment, from the segment of its service down; nothing around a segment. */
function wayTo(segment: Segment): Segment[] {
  const way: Segment[] = []
  for (let at = segment; at.isSubsegment && at.parent !== undefined; at = at.parent) way.push(at.parent)
  return way.reverse()
}

function slowestPath(root: Segment): Segment[] {
  const path = [root]
  for (let next = slowestChild(root); next !== undefined; next = slowestChild(next)) path.push(next)
  return path
}

function slowestChild(segment: Segment): Segment | undefined {
  const minTime = timeOf(segment) * MIN_SLOW_SHARE
  const slow = segment.children.filter((child) => timeOf(child) > 0 && timeOf(child) >= minTime)
  return slow.sort((a, b) => timeOf(b) - timeOf(a))[0]
}

/** Groups a path by service. @param root the segment whose response time is the whole */
function servicesOf(path: readonly Segment[], root: Segment | undefined): CauseService[] {
  const services: { name: string; type: string; inferred: boolean; entities: CauseEntity[] }[] = []
  const whole = root === undefined ? 0 : timeOf(root)
  for (const segment of path) {
    const called = calledService(segment)
    if (!segment.isSubsegment || services.length === 0) {
      const { name, type } = serviceOf(segment)
      services.push({ name, type, inferred: false, entities: [] })
    }
    const entity: CauseEntity = {
      name: segment.name,
      exceptions: exceptionsOf(segment),
      remote: segment.document['namespace'] === 'remote',
      coverage: whole === 0 ? 0 : Math.min(1, timeOf(segment) / whole),
    }
    services[services.length - 1]?.entities.push(entity)
    if (called !== undefined) {
      services.push({ name: called.name, type: called.type, inferred: true, entities: [entity] })
    }
  }
  return services
}

function timeOf({ start, end }: Segment): number {
  return end === undefined ? 0 : Math.max(0, end - start)
}
