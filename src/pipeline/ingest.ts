import type { Queue } from '../queue/queue.ts'
import type { Next } from '../component/receiver.ts'
import { MAX_DOCUMENT } from '../segment/limits.ts'
import { splitDocument } from '../segment/split-document.ts'
import type { Events } from '../telemetry/events.ts'
import { TraceIds } from '../translate/trace-id.ts'
import type { Translator } from '../translate/translator.ts'

/** What lies behind the receivers; a reload may change it. */
export interface Stages {
  readonly queue: Queue
  readonly events: Events
  translator: Translator
  sampling: Next['sampling']
  /** Keeps a request to be looked at; undefined if nobody does. */
  keepRequest: ((request: Uint8Array, traces: readonly string[]) => void) | undefined
}

/** The way from a receiver to the queue. @param name the receiver's, for the counts */
export function ingest(name: string, stages: Stages): Next {
  const { queue, events } = stages
  return {
    traces(request, from) {
      const { keepRequest } = stages
      const ids = keepRequest === undefined ? undefined : new TraceIds()
      const { result, committed } = queue.add((group) => stages.translator.translate(request, group, ids?.add))
      if (ids !== undefined) keepRequest?.(request, ids.found)
      events.received(result.spans, name, from)
      if (result.rejected > 0) events.refused(name, result.rejected, result.reason, from)
      return { rejectedSpans: result.rejected, reason: result.reason, committed }
    },
    document(document) {
      queue.add((group) => {
        const parts = document.length <= MAX_DOCUMENT ? [document] : splitDocument(document)
        for (const part of parts) {
          group.begin()
          group.writer.document(part)
          group.end(0)
        }
      }, false)
      events.received(1, name, name)
    },
    sampling: (path, body) => stages.sampling(path, body),
  }
}
