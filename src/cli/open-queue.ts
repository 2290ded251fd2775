import * as v from 'valibot'
import { QueueAccess } from '../admin/queue-access.ts'
import { exporterInstances } from '../config/exporter-instances.ts'
import type { Settings } from '../config/schema.ts'
import { ExitCode } from '../errors/command-error.ts'
import { queueSettings } from '../pipeline/queue-settings.ts'
import { DiskReserve } from '../queue/disk-reserve.ts'
import { type DeadLetterChoice, QueueAdmin } from '../queue/queue-admin.ts'
import { Spool } from '../queue/spool.ts'
import { hasSpool } from '../queue/spool-file.ts'
import { withRoom } from '../queue/with-room.ts'
import type { DeadLetterInfo } from '../telemetry/dead-letter-info.ts'
import type { RemovedExporterStatus } from '../telemetry/status.ts'
import { AdminClient, NoAgentError, NotFoundError } from './admin-client.ts'
import type { CommandContext } from './command.ts'

/** Dead letters per page. */
const PAGE = 200
/** How long the agent may take to move or drop what waits, which may be gigabytes; in milliseconds. */
const CHANGE_TIMEOUT_MS = 600_000
const deadLetterSchema = v.object({
  id: v.number(),
  exporter: v.string(),
  time: v.string(),
  reason: v.string(),
  message: v.string(),
  traceId: v.string(),
  segmentId: v.string(),
  name: v.string(),
  bytes: v.number(),
  document: v.string(),
})
const removedSchema = v.object({
  name: v.string(),
  documents: v.number(),
  bytes: v.number(),
  oldest: v.number(),
  deadLetters: v.object({ count: v.number(), bytes: v.number() }),
})
const deadLettersSchema = v.object({ deadLetters: v.array(deadLetterSchema) })
const queueSchema = v.object({ removedExporters: v.array(removedSchema) })
const countSchema = v.object({ count: v.number() })

/** The queue of the running agent, or the spool itself if none runs. */
export interface OpenQueue {
  /** A page of dead letters whose ids are greater than `after`, oldest first. */
  deadLetters(after: number): Promise<DeadLetterInfo[]>
  /** @throws {NotFoundError} if it does not exist */
  deadLetter(id: number): Promise<DeadLetterInfo>
  /** @returns how many were put back into the queue */
  redrive(choice: DeadLetterChoice, to: string | undefined): Promise<number>
  /** @returns how many were deleted */
  dropDeadLetters(choice: DeadLetterChoice): Promise<number>
  removedExporters(): Promise<RemovedExporterStatus[]>
  /** @returns how many documents and dead letters were deleted */
  dropRemoved(name: string): Promise<number>
  /** @returns how many documents were moved */
  moveRemoved(name: string, to: string): Promise<number>
  close(): void
}

/** Opens the queue. @throws {Error} if no agent answers and there is no spool */
export async function openQueue(settings: Settings, env: CommandContext['env']): Promise<OpenQueue> {
  if (settings.admin === false) return openSpool(settings, env)
  const client = new AdminClient(settings)
  try {
    await client.call('/status', v.object({ pid: v.number() }))
  } catch (error) {
    if (error instanceof NoAgentError) return openSpool(settings, env)
    throw error
  }
  const count = async (path: string, body: object): Promise<number> =>
    (await client.call(path, countSchema, body, CHANGE_TIMEOUT_MS)).count
  return {
    deadLetters: async (after) =>
      (await client.call(`/dead-letters?after=${after}&limit=${PAGE}`, deadLettersSchema)).deadLetters,
    deadLetter: (id) => client.call(`/dead-letters/${id}`, deadLetterSchema),
    redrive: (ids, to) => count('/dead-letters/retry', { ids, ...(to === undefined ? {} : { to }) }),
    dropDeadLetters: (ids) => count('/dead-letters/drop', { ids }),
    removedExporters: async () => (await client.call('/queue', queueSchema)).removedExporters,
    dropRemoved: (exporter) => count('/queue/drop', { exporter }),
    moveRemoved: (exporter, to) => count('/queue/move', { exporter, to }),
    close() {},
  }
}

function openSpool(settings: Settings, env: CommandContext['env']): OpenQueue {
  const { dir, sync } = queueSettings(settings, env)
  if (!hasSpool(dir)) {
    throw new Error(`No agent answers and there is no spool in "${dir}"; name the agent's config with --config`)
  }
  const spool = new Spool({ dir, sync })
  const configured = exporterInstances(settings).map(({ name }) => name)
  const reserve = new DiskReserve(dir)
  const admin = new QueueAdmin(spool, {
    configured: () => configured,
    run: (fn) => withRoom(spool, reserve, fn),
  })
  const queue = new QueueAccess(admin)
  return {
    deadLetters: async (after) => queue.deadLetters(after, PAGE),
    async deadLetter(id) {
      const found = queue.deadLetter(id)
      if (found === undefined) throw new NotFoundError(ExitCode.unavailable, `There is no dead letter ${id}`)
      return found
    },
    redrive: (choice, to) => queue.redrive(choice, to),
    dropDeadLetters: (choice) => queue.dropDeadLetters(choice),
    removedExporters: async () => queue.removedExporters(),
    dropRemoved: (name) => queue.dropRemoved(name),
    moveRemoved: (name, to) => queue.moveRemoved(name, to),
    close: () => spool.close(),
  }
}
