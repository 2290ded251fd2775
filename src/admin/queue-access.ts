import { objectOf } from '../bytes/json.ts'
import { documentText } from '../component/batch.ts'
import { attempt } from '../errors/attempt.ts'
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
  // One that is damaged must not hide the others.
  const document = attempt(() => documentText(bytes)) ?? new TextDecoder().decode(bytes)
  const members = objectOf(attempt((): unknown => JSON.parse(document)))
  return {
    id: deadLetter.id,
    exporter: deadLetter.exporter,
    time: new Date(deadLetter.time).toISOString(),
    reason: deadLetter.reason,
    message: deadLetter.message,
    traceId: labelOf(members['trace_id']),
    segmentId: labelOf(members['id']),
    name: labelOf(members['name']),
    bytes: new TextEncoder().encode(document).length,
    document,
  }
}

/** A member as text; empty if it is an object, which a sender may have made so that it cannot become a text. */
function labelOf(member: unknown): string {
  return typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean' ? String(member) : ''
}
