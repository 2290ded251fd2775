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
  const has = (flag: string) => ({ document }: Segment): boolean => document[flag] === true
  const paths = (isCause: (segment: Segment) => boolean): Segment[][] =>
    roots.flatMap((root) => pathsBelow(root, isCause)).slice(0, MAX_PATHS)
  const describe = (path: Segment[]): CauseService[] => servicesOf(path, path[0])
  return {
    fault: paths(has('fault')).map(describe),
    error: paths(has('error')).map(describe),
    responsetime: roots.slice(0, 1).map(slowestPath).map(describe),
  }
}

/** Every path to the last of the causes in a segment or below it, from the service of the first of them. */
function pathsBelow(segment: Segment, isCause: (segment: Segment) => boolean): Segment[][] {
  if (!isCause(segment)) return segment.children.flatMap((child) => pathsBelow(child, isCause)).slice(0, MAX_PATHS)
  const way = wayTo(segment)
  return pathsDown(segment, isCause).map((path) => [...way, ...path])
}

/** Every path from a cause down through segments that are causes, to the last of them. */
function pathsDown(segment: Segment, isCause: (segment: Segment) => boolean): Segment[][] {
  const below = segment.children.filter(isCause).flatMap((child) => pathsDown(child, isCause))
  return below.length === 0 ? [[segment]] : below.slice(0, MAX_PATHS).map((path) => [segment, ...path])
}

/** What is around a subsegment, from the segment of its service down; nothing around a segment. */
function wayTo({ isSubsegment, parent }: Segment): Segment[] {
  return isSubsegment && parent !== undefined ? [...wayTo(parent), parent] : []
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
