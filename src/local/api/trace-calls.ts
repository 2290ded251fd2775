import { type Json, listOf, objectOf, textOf } from '../../bytes/json.ts'
import type {
  PutTraceSegmentsAnswer,
  TracesAnswer,
  TraceSummariesAnswer,
  TraceWithDocuments,
} from '../../trace/api/trace-answers.ts'
import type { Trace } from '../../trace/assemble-trace.ts'
import { checkDocument, rejection } from '../../trace/check-document.ts'
import type { GroupLookup } from '../../trace/filter/match-filter.ts'
import { durationOfTrace } from '../../trace/index-trace.ts'
import type { LocalStore } from '../store/local-store.ts'
import type { Cursor } from '../store/query/trace-query.ts'
import { ApiError, filterExpression, requiredTexts, samplingShare, timeRange, timeRangeType } from './request.ts'
import { toTraceSummary } from './serializers.ts'

/** Documents in PutTraceSegments at most. */
const MAX_DOCUMENTS = 50
/** Traces on a page of GetTraceSummaries. */
const PAGE_TRACES = 100
/** Ids in BatchGetTraces at most. */
const MAX_IDS = 5

/** The calls that write and read traces. */
export class TraceCalls {
  /** @param groups finds the groups that filters name */
  constructor(private readonly store: LocalStore, private readonly groups: GroupLookup) {}

  /** PutTraceSegments. */
  putTraceSegments(input: Json): PutTraceSegmentsAnswer {
    const documents = requiredTexts(input, 'TraceSegmentDocuments', MAX_DOCUMENTS)
    const rejected = documents.map(checkDocument)
    const valid = documents.filter((_, i) => rejected[i] === undefined)
    const unread = this.store.put(valid).flatMap((issue, i) =>
      issue === undefined ? [] : [rejection(idOf(valid[i] ?? ''), 'InvalidSegment', issue)]
    )
    return { UnprocessedTraceSegments: [...rejected.filter((issue) => issue !== undefined), ...unread] }
  }

  /** GetTraceSummaries. */
  getTraceSummaries(input: Json): TraceSummariesAnswer {
    const page = this.store.find({
      ...timeRange(input),
      by: timeRangeType(input),
      share: samplingShare(input),
      filter: filterExpression(input),
      groups: this.groups,
      limit: PAGE_TRACES,
      after: parseToken(input),
    })
    return {
      TraceSummaries: page.traces.map(toTraceSummary),
      ApproximateTime: Date.now() / 1000,
      TracesProcessedCount: page.processed,
      ...(page.next === undefined ? {} : { NextToken: formatToken(page.next) }),
    }
  }

  /** BatchGetTraces. */
  batchGetTraces(input: Json): TracesAnswer {
    const ids = requiredTexts(input, 'TraceIds', MAX_IDS)
    const traces = ids.map((id) => this.store.trace(id))
    return {
      Traces: traces.filter((trace) => trace !== undefined).map(toTraceWithDocuments),
      UnprocessedTraceIds: ids.filter((_, i) => traces[i] === undefined),
    }
  }
}

/** The id of a segment document that is valid for X-Ray. */
function idOf(document: string): string | undefined {
  return textOf(objectOf(JSON.parse(document))['id'])
}

function toTraceWithDocuments(trace: Trace): TraceWithDocuments {
  // Subsegments inside other documents have no trace id of their own, and come with those documents.
  const segments = [...trace.segments.values()].filter(({ document }) => 'trace_id' in document)
  return {
    Id: trace.id,
    Duration: durationOfTrace(trace),
    LimitExceeded: false,
    Segments: segments.map(({ id, document }) => ({ Id: id, Document: JSON.stringify(document) })),
  }
}

function formatToken({ start, key }: Cursor): string {
  return btoa(JSON.stringify([start, key]))
}

function parseToken(input: Json): Cursor | undefined {
  const token = textOf(input['NextToken'])
  if (token === undefined) return undefined
  try {
    const [start, key] = listOf(JSON.parse(atob(token))).map(Number)
    if (start === undefined || key === undefined || Number.isNaN(start + key)) throw new TypeError('Expected numbers')
    return { start, key }
  } catch {
    throw new ApiError('NextToken is not of an earlier page')
  }
}
