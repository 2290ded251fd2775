import type { SourceRequestLog } from '../component/exporter.ts'
import type { Next } from '../component/receiver.ts'
import type { SamplingAnswer, SamplingPath } from '../component/sampling.ts'
import type { Queue } from '../queue/queue.ts'
import { MAX_DOCUMENT } from '../segment/limits.ts'
import { splitDocument } from '../segment/split-document.ts'
import type { ReceiverReport } from '../telemetry/receiver-report.ts'
import { TraceIds } from '../translate/trace-id.ts'
import type { Translator } from '../translate/translator.ts'

/** What lies after the receivers. A reload puts another record in its place. */
export interface Stages {
  readonly queue: Queue
  readonly translator: Translator
  /** Keeps requests as they came; undefined if no exporter does. */
  readonly requests: SourceRequestLog | undefined
  readonly sampling: (path: SamplingPath, body: Uint8Array) => Promise<SamplingAnswer>
}

/**
 * The way of a receiver's data to the queue: translate, commit, count.
 *
 * @param report the receiver's
 * @param stages returns what is in force now
 */
export function ingest(report: ReceiverReport, stages: () => Stages): Next {
  return {
    traces(request, from) {
      const { queue, translator, requests } = stages()
      const ids = requests === undefined ? undefined : new TraceIds()
      const group = queue.open()
      const { spans, rejected, reason } = translator.translate(request, group, ids?.add)
      const committed = queue.commit(true)
      if (ids !== undefined) requests?.keep(request, ids.found)
      report.received(spans, from)
      if (rejected > 0) report.rejected(rejected, reason, from)
      return { rejectedSpans: rejected, reason, committed }
    },
    document(document) {
      const { queue } = stages()
      const group = queue.open()
      for (const part of document.length <= MAX_DOCUMENT ? [document] : splitDocument(document)) {
        group.begin()
        group.writer.document(part)
        group.end(0)
      }
      void queue.commit(false)
      report.received(1, report.name)
    },
    sampling: (path, body) => stages().sampling(path, body),
  }
}
