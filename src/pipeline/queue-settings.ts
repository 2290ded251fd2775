import type { Settings } from '../config/schema.ts'
import { containerMemory } from '../platform/container-memory.ts'
import { stateDir } from '../platform/user-dirs.ts'
import type { QueueSettings } from '../queue/queue.ts'

/** In a container, what is in memory takes at most this share of its limit. */
const MEMORY_SHARE = 8
/** The pauses after failures of delivery, in milliseconds. */
const BACK_OFF = { firstMs: 500, longestMs: 10_000 }

/** How the queue of an agent with these settings is kept. */
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
    maxAgeMs: queue.maxAge,
    batchWaitMs: queue.batchWait,
    backOff: BACK_OFF,
  }
}

/** The bytes, or what a container of this size can spare if that is less. */
export function boundedByContainer(bytes: number): number {
  return Math.min(bytes, (containerMemory() ?? Infinity) / MEMORY_SHARE)
}
