import type { Settings } from '../config/schema.ts'
import { containerMemory } from '../platform/container-memory.ts'
import { stateDir } from '../platform/user-dirs.ts'
import type { QueueSettings } from '../queue/queue.ts'

/** In a container, data in memory takes at most its memory limit divided by this. */
const MEMORY_SHARE = 8
/** The pauses after failures of delivery, in milliseconds. */
const BACK_OFF = { firstMs: 500, longestMs: 10_000 }

/** The settings of the queue. */
export function queueSettings(
  { queue }: Pick<Settings, 'queue'>,
  env: Readonly<Record<string, string | undefined>>,
): QueueSettings {
  return {
    dir: queue.dir ?? stateDir(env),
    sync: queue.sync,
    maxBytes: queue.maxBytes,
    maxMemory: boundedByContainer(queue.maxMemory),
    maxDeadBytes: queue.maxDeadLetters,
    whenDeadLettersFull: queue.whenDeadLettersFull,
    maxAgeMs: queue.maxAge,
    batchWaitMs: queue.batchWait,
    backOff: BACK_OFF,
  }
}

/** Limits a number of bytes to the share of the container's memory. */
export function boundedByContainer(bytes: number): number {
  return Math.min(bytes, (containerMemory() ?? Infinity) / MEMORY_SHARE)
}
