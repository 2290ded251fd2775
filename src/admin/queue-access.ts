import { documentText } from '../component/batch.ts'
import type { DeadLetterChoice, ExporterDeadLetter, QueueAdmin } from '../queue/queue-admin.ts'
import type { RemovedLane } from '../queue/removed-lanes.ts'
import type { DeadLetterInfo } from '../telemetry/dead-letter-info.ts'
import type { RemovedExporterStatus } from '../telemetry/status.ts'

/** The queue for the admin server and commands: dead letters as text, and what is kept for removed exporters. */
export class QueueAccess {
  constructor(private readonly queue: QueueAdmin) {}

  /** At most `limit` dead letters whose id is greater than `after`, oldest first. */
  deadLetters(after: number, limit: number): DeadLetterInfo[] {
    return this.queue.deadLetters(after, limit).map(describeDeadLetter)
  }

  /** @returns undefined if there is none with this id */
  deadLetter(id: number): DeadLetterInfo | undefined {
    const deadLetter = this.queue.deadLetter(id)
    return deadLetter === undefined ? undefined : describeDeadLetter(deadLetter)
  }

  /** Puts dead letters back into the queue. @param to another exporter than their own @returns how many */
  async redrive(choice: DeadLetterChoice, to?: string): Promise<number> {
    return await this.queue.redrive(choice, to)
  }

  /** Deletes dead letters. @returns how many */
  async dropDeadLetters(choice: DeadLetterChoice): Promise<number> {
    return await this.queue.dropDeadLetters(choice)
  }

  /** What is kept for exporters that the config does not have. */
  removedExporters(): RemovedExporterStatus[] {
    return this.queue.removedLanes().map(describeRemoved)
  }

  /** Deletes what is kept for a removed exporter. @returns how many documents and dead letters */
  async dropRemoved(name: string): Promise<number> {
    return await this.queue.dropRemoved(name)
  }

  /** Moves what is kept for a removed exporter to another one. @returns how many documents */
  async moveRemoved(name: string, to: string): Promise<number> {
    return await this.queue.moveRemoved(name, to)
  }
}

/** What is kept for a removed exporter, for the status. */
export function describeRemoved({ name, documents, bytes, oldest, deadLetters }: RemovedLane): RemovedExporterStatus {
  const age = oldest === undefined ? 0 : Math.max(0, Date.now() - oldest) / 1000
  return { name, documents, bytes, oldest: age, deadLetters }
}

function describeDeadLetter({ document: bytes, ...deadLetter }: ExporterDeadLetter): DeadLetterInfo {
  const document = documentText(bytes)
  const { trace_id: traceId, id: segmentId, name } = membersOf(document)
  return {
    id: deadLetter.id,
    exporter: deadLetter.exporter,
    time: new Date(deadLetter.time).toISOString(),
    reason: deadLetter.reason,
    message: deadLetter.message,
    traceId: String(traceId ?? ''),
    segmentId: String(segmentId ?? ''),
    name: String(name ?? ''),
    bytes: new TextEncoder().encode(document).length,
    document,
  }
}

function membersOf(document: string): { trace_id?: unknown; id?: unknown; name?: unknown } {
  try {
    const parsed: unknown = JSON.parse(document)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}
