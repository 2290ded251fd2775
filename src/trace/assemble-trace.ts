import { type Json, listOf, numberOf, objectOf, textOf } from '../bytes/json.ts'

/** Segments within each other at most. */
const MOST_DEPTH = 500

/** A segment or subsegment of a trace, with what belongs to it. */
export interface Segment {
  readonly id: string
  readonly name: string
  /** The id that the document names; of a subsegment inside of another document, that of the one around it. */
  readonly parentId: string | undefined
  readonly isSubsegment: boolean
  /** Unix seconds. */
  readonly start: number
  /** Undefined while it is in progress. */
  readonly end: number | undefined
  /** The document, with the subsegments that came inside of it. */
  readonly document: Json
  /** In the order of their start. */
  readonly children: Segment[]
  parent: Segment | undefined
}

/** A trace as far as it was received. */
export interface Trace {
  readonly id: string
  /** Every segment and subsegment by its id. */
  readonly segments: ReadonlyMap<string, Segment>
  /** Those without a parent, or whose parent was not received, in the order of their start. */
  readonly roots: readonly Segment[]
}

/**
 * Puts the documents of a trace together, in the order in which they came. A segment that ended replaces the same one
 * in progress; subsegments that were sent by themselves go to their parents.
 */
export function assembleTrace(id: string, documents: readonly string[]): Trace {
  return assembleParts(id, documents.flatMap(readDocument))
}

/** {@link assembleTrace} of documents that were read. */
export function assembleParts(id: string, parts: readonly Json[]): Trace {
  const segments = new Map<string, Segment>()
  for (const part of parts) add(segments, part, undefined)
  const roots: Segment[] = []
  for (const segment of segments.values()) {
    const parent = segment.parentId === undefined ? undefined : segments.get(segment.parentId)
    if (parent === undefined || isWithin(parent, segment)) roots.push(segment)
    else {
      segment.parent = parent
      parent.children.push(segment)
    }
  }
  cutDeep(roots)
  const byStart = (a: Segment, b: Segment): number => a.start - b.start
  for (const { children } of segments.values()) children.sort(byStart)
  return { id, segments, roots: roots.sort(byStart) }
}

/** What lies deeper than anyone reads begins anew as a root, so that whoever walks a trace need not mind its depth. */
function cutDeep(roots: Segment[]): void {
  const open = roots.map((segment) => ({ segment, depth: 1 }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { segment, depth } = next
    if (depth === MOST_DEPTH) {
      for (const child of segment.children.splice(0)) {
        child.parent = undefined
        roots.push(child)
        open.push({ segment: child, depth: 1 })
      }
    }
    for (const child of segment.children) open.push({ segment: child, depth: depth + 1 })
  }
}

/** Whether `inner` is `outer` or above it: ids of a broken client may form a ring. */
function isWithin(outer: Segment, inner: Segment): boolean {
  for (let at: Segment | undefined = outer; at !== undefined; at = at.parent) if (at === inner) return true
  return false
}

/** The segments that a document has: one, or several subsegments; none if it is no JSON. */
export function readDocument(document: string): Json[] {
  try {
    const parsed: unknown = JSON.parse(document)
    return (Array.isArray(parsed) ? parsed : [parsed]).map(objectOf)
  } catch {
    return []
  }
}

function add(segments: Map<string, Segment>, document: Json, around: string | undefined): void {
  const id = textOf(document['id'])
  const start = numberOf(document['start_time'])
  if (id === undefined || start === undefined) return
  const end = document['in_progress'] === true ? undefined : numberOf(document['end_time'])
  const known = segments.get(id)
  if (known === undefined || known.end === undefined || end !== undefined) {
    segments.set(id, {
      id,
      name: textOf(document['name']) ?? 'unnamed',
      parentId: around ?? textOf(document['parent_id']),
      isSubsegment: around !== undefined || document['type'] === 'subsegment',
      start,
      end,
      document,
      children: [],
      parent: undefined,
    })
  }
  for (const inner of listOf(document['subsegments'])) add(segments, objectOf(inner), id)
}
