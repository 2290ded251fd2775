import { type Json, listOf, objectOf, textOf } from '../bytes/json.ts'
import { timeOf } from './time-of.ts'

/** Levels of segments. */
const MAX_DEPTH = 500

/** A segment or subsegment of a trace, linked to its parent and children. */
export interface Segment {
  readonly id: string
  readonly name: string
  /** `parent_id` of the document; of a subsegment inside another document, the id of the segment around it. */
  readonly parentId: string | undefined
  readonly isSubsegment: boolean
  /** Unix seconds. */
  readonly start: number
  /** Undefined while it is in progress. */
  readonly end: number | undefined
  /** The document, with the subsegments that came inside it. */
  readonly document: Json
  /** In the order of their start. */
  readonly children: Segment[]
  parent: Segment | undefined
}

/** A trace, as far as its segments were received. */
export interface Trace {
  readonly id: string
  /** Every segment and subsegment by its id, in the order in which they came. */
  readonly segments: ReadonlyMap<string, Segment>
  /** Segments without a parent, or whose parent was not received, in the order of their start. */
  readonly roots: readonly Segment[]
}

/**
 * Assembles a trace from its documents. A segment that has ended replaces the same segment in progress; subsegments
 * that were sent as documents of their own become children of their parents.
 *
 * @param id X-Ray's form
 * @param documents segment documents, JSON, in the order in which they came; others than JSON objects are ignored
 */
export function assembleTrace(id: string, documents: readonly string[]): Trace {
  return assembleParsed(id, documents.flatMap(readDocument))
}

/** {@link assembleTrace} of documents that {@link readDocument} has parsed. */
export function assembleParsed(id: string, documents: readonly Json[]): Trace {
  const segments = new Map<string, Segment>()
  for (const document of documents) add(segments, document, undefined)
  for (const segment of segments.values()) {
    segment.parent = segment.parentId === undefined ? undefined : segments.get(segment.parentId)
  }
  openRings(segments)
  const roots: Segment[] = []
  for (const segment of segments.values()) (segment.parent?.children ?? roots).push(segment)
  cutDeep(roots)
  const byStart = (a: Segment, b: Segment): number => a.start - b.start
  for (const { children } of segments.values()) children.sort(byStart)
  return { id, segments, roots: roots.sort(byStart) }
}

/** Makes roots of segments below the maximum depth, so that recursive functions can walk any trace. */
function cutDeep(roots: Segment[]): void {
  const open = roots.map((segment) => ({ segment, depth: 1 }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { segment, depth } = next
    if (depth === MAX_DEPTH) {
      for (const child of segment.children.splice(0)) {
        child.parent = undefined
        roots.push(child)
        open.push({ segment: child, depth: 1 })
      }
    }
    for (const child of segment.children) open.push({ segment: child, depth: depth + 1 })
  }
}

/**
 * Makes a root of one segment of each ring, the last that came: the ids of a faulty client may make segments each other's
 * parents. Each segment is visited once, however long the ways to the roots are.
 */
function openRings(segments: ReadonlyMap<string, Segment>): void {
  const order = new Map<Segment, number>()
  for (const segment of segments.values()) order.set(segment, order.size)
  /** The walk that a segment was met on first. */
  const metOn = new Map<Segment, Segment>()
  for (const first of segments.values()) {
    let at: Segment | undefined = first
    for (; at !== undefined && !metOn.has(at); at = at.parent) metOn.set(at, first)
    if (at === undefined || metOn.get(at) !== first) continue
    let last = at
    for (let next = at.parent; next !== undefined && next !== at; next = next.parent) {
      if ((order.get(next) ?? 0) > (order.get(last) ?? 0)) last = next
    }
    last.parent = undefined
  }
}

/** Parses a document. @returns one segment, or a list of subsegments; an empty list if it is not JSON */
export function readDocument(document: string): Json[] {
  try {
    const parsed: unknown = JSON.parse(document)
    return (Array.isArray(parsed) ? parsed : [parsed]).map(objectOf)
  } catch {
    return []
  }
}

function add(segments: Map<string, Segment>, document: Json, parentId: string | undefined): void {
  const id = textOf(document['id'])
  const start = timeOf(document['start_time'])
  if (id === undefined || start === undefined) return
  const end = document['in_progress'] === true ? undefined : timeOf(document['end_time'])
  const known = segments.get(id)
  if (known === undefined || known.end === undefined || end !== undefined) {
    segments.set(id, {
      id,
      name: textOf(document['name']) ?? 'unnamed',
      parentId: parentId ?? textOf(document['parent_id']),
      isSubsegment: parentId !== undefined || document['type'] === 'subsegment',
      start,
      end,
      document,
      children: [],
      parent: undefined,
    })
  }
  for (const inner of listOf(document['subsegments'])) add(segments, objectOf(inner), id)
}
