import { type Clock, systemClock } from '../async/clock.ts'
import { untilAborted } from '../async/until-aborted.ts'
import { BufferPool } from '../bytes/buffer-pool.ts'
import { formatBytes } from '../bytes/format-bytes.ts'
import { RejectedError } from '../component/rejected-error.ts'
import { attempt } from '../errors/attempt.ts'
import type { DocumentGroup } from '../segment/document-group.ts'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import type { Events, LeftInSpool } from '../telemetry/events.ts'
import { AgeClock } from './age-clock.ts'
import { Acknowledgements } from './acknowledgements.ts'
import type { DeadBatch } from './dead-letter-policy.ts'
import type { DeadLetterTotals } from './dead-letter-store.ts'
import type { DeliverySettings } from './delivery.ts'
import { DiskReserve } from './disk-reserve.ts'
import { GroupCommit } from './group-commit.ts'
import { HeldBlocks } from './held-blocks.ts'
import { Lane, type LaneSettings, type LaneState } from './lane.ts'
import { LaneSet } from './lane-set.ts'
import { openSpool } from './open-spool.ts'
import { QueueAdmin } from './queue-admin.ts'
import type { RemovedLane } from './removed-lanes.ts'
import type { Sender } from './requests.ts'
import type { Spool, SpoolSettings } from './spool.ts'
import { SpoolReader } from './spool-reader.ts'
import { SpoolRepair } from './spool-repair.ts'
import { SpoolWriter } from './spool-writer.ts'
import { withRoom } from './with-room.ts'

/** How documents are stored until they are delivered. */
export interface QueueSettings extends SpoolSettings, Omit<DeliverySettings, 'concurrency'> {
  /** Bytes on disk that may wait for one exporter. */
  readonly maxBytes: number
  /** Bytes of waiting documents that are also held in memory, for all exporters together. */
  readonly maxMemory: number
  /** Bytes of dead letters that are stored for one exporter. */
  readonly maxDeadBytes: number
  /** What happens when there are so many: nothing more becomes one, or the oldest are deleted. */
  readonly whenDeadLettersFull: 'push-back' | 'drop-oldest'
  /** Bytes on disk that are reserved at most for when it is full; 16 MiB if undefined, and less on a small disk. */
  readonly reserveBytes?: number
}

/** What one exporter's lane is set to. */
export type LaneOptions = Pick<LaneSettings, 'concurrency' | 'whenFull'>

/** What the queue holds, and how each exporter's delivery goes. */
export interface QueueState {
  /** The spool's folder. */
  readonly dir: string
  /** Bytes on disk that may wait for one exporter. */
  readonly maxBytes: number
  readonly isFull: boolean
  readonly lanes: readonly (LaneState & { readonly deadLetters: DeadLetterTotals })[]
  /** What is stored for exporters that the config no longer has. */
  readonly removed: readonly RemovedLane[]
}

/** When a client should try again if the queue is full, in milliseconds. */
const RETRY_AFTER_MS = 5000

/** Stores documents until each exporter has delivered them: what {@link commit} resolved for is not lost. */
export class Queue {
  readonly admin: QueueAdmin
  readonly #spool: Spool
  readonly #dir: string
  readonly #blocks: HeldBlocks
  readonly #ages: AgeClock
  readonly #lanes = new LaneSet()
  readonly #acknowledgements = new Acknowledgements()
  readonly #repair: SpoolRepair
  readonly #reader: SpoolReader
  readonly #writer: SpoolWriter
  readonly #group: GroupCommit
  #isStarted = false
  #isStopping = false
  #isStopped = false

  /**
   * @param exporters the names of the configured exporters
   * @throws {Error} if another process has the spool open
   */
  constructor(
    private settings: QueueSettings,
    exporters: readonly string[],
    private readonly events: Events,
    private readonly clock: Clock = systemClock,
  ) {
    const { spool, dir } = openSpool(settings, exporters, events)
    const lanes = this.#lanes
    const acknowledgements = this.#acknowledgements
    const pool = new BufferPool(12)
    const reserve = new DiskReserve(dir, settings.reserveBytes)
    const blocks = new HeldBlocks(settings.maxMemory, pool)
    const repair = new SpoolRepair({
      spool,
      blocks,
      acknowledgements,
      lanes: () => lanes.inMemory,
      events,
      clock,
      onRebuilt: () => this.admin.recountRemoved(),
    })
    this.#spool = spool
    this.#dir = dir
    this.#blocks = blocks
    this.#ages = new AgeClock(clock, repair.run(() => spool.earlierRows()))
    this.#repair = repair
    this.#reader = new SpoolReader(spool, repair, blocks, acknowledgements)
    this.admin = new QueueAdmin(spool, {
      configured: () => lanes.names,
      isEnding: (name) => lanes.isEnding(name),
      run: (fn) => withRoom(spool, reserve, () => repair.run(fn)),
      now: () => clock.wall(),
      written: (name, rows) => {
        const lane = lanes.get(name)
        lane?.backlog.pushUnloaded(rows)
        lane?.delivery.pump()
      },
    })
    this.#writer = new SpoolWriter({
      spool,
      repair,
      blocks,
      lanes,
      acknowledgements,
      reserve,
      events,
      clock,
      maxDeadBytes: () => this.settings.whenDeadLettersFull === 'push-back' ? Infinity : this.settings.maxDeadBytes,
      admin: this.admin,
      flush: () => this.#group.flush(),
    })
    this.#group = new GroupCommit(this.#writer, pool, clock)
  }

  /** What waits, and how delivery goes. */
  get state(): QueueState {
    return {
      dir: this.#dir,
      maxBytes: this.settings.maxBytes,
      isFull: this.#lanes.full !== undefined,
      lanes: this.#lanes.list.map((lane) => ({
        ...lane.state,
        deadLetters: attempt(() => this.#spool.deadLetters.totals(lane.id)) ?? { count: 0, bytes: 0 },
      })),
      removed: attempt(() => this.admin.removedLanes()) ?? [],
    }
  }

  /**
   * Adds a lane for an exporter: what is stored for its name is delivered, and from now on everything that arrives. If an
   * exporter of this name was just removed, waits until its requests have ended.
   *
   * @throws {Error} if what is stored for the exporter cannot be read, or it has a lane
   */
  async addLane(name: string, sender: Sender, options: LaneOptions): Promise<void> {
    await this.#lanes.ended(name)
    if (this.#lanes.get(name) !== undefined) throw new Error(`The exporter "${name}" has a lane already`)
    const id = this.#spool.lane(name)
    const report = this.events.exporter(name)
    report.senderReplaced()
    const parts = {
      waiting: this.#reader.rowsOf(id),
      blocks: this.#blocks,
      report,
      clock: this.clock,
      acknowledge: (rows: readonly number[], dead?: DeadBatch) => {
        this.#acknowledgements.add(id, rows, dead, this.clock.wall())
        this.#writer.cleanLater()
      },
      ages: this.#ages,
      isBlocked: () => this.#acknowledgements.isFull(id) || this.#areDeadLettersFull(id, report),
    }
    const lane = new Lane(id, name, parts, sender, this.#laneSettings(options))
    this.#lanes.add(lane)
    this.#shareMemory()
    if (this.#isStarted) lane.delivery.start()
  }

  /** Dead letters are never deleted to make room for others, unless the config says so. */
  #areDeadLettersFull(lane: number, report: ExporterReport): boolean {
    const { maxDeadBytes, whenDeadLettersFull } = this.settings
    if (whenDeadLettersFull === 'drop-oldest') return false
    const stored = attempt(() => this.#spool.deadLetters.totals(lane).bytes) ?? 0
    const isFull = stored + this.#acknowledgements.storedBytes(lane) >= maxDeadBytes
    if (isFull) report.deadLettersFull(stored)
    return isFull
  }

  /** Documents that wait for an exporter. */
  waitingFor(name: string): number {
    return this.#lanes.get(name)?.delivery.documents ?? 0
  }

  /**
   * Delivers to another sender of the same name. Requests of the old one end until `deadline`; what they have not
   * delivered then is sent by the new one.
   */
  async replaceSender(name: string, sender: Sender, deadline: AbortSignal): Promise<void> {
    await this.#lanes.get(name)?.delivery.replaceSender(sender, deadline)
  }

  /** Ends an exporter's lane: requests in flight end until `deadline`, and what waits for it stays in the spool. */
  async removeLane(name: string, deadline: AbortSignal): Promise<void> {
    const lane = this.#lanes.get(name)
    if (lane === undefined) return await this.#lanes.ended(name)
    // What was accepted until now waits for it too.
    this.#group.flush()
    await this.#lanes.remove(lane, async () => {
      this.#shareMemory()
      const rows = await lane.delivery.stop(deadline)
      if (this.#isStopped) return
      // What it delivered must be deleted before an exporter of its name may come back.
      this.#writer.cleanNext()
      this.#group.flush()
      this.#try(() => this.#repair.run(() => this.#spool.keepRest(lane.id, rows)))
      lane.backlog.close()
      this.#try(() => this.admin.laneEnded(lane.id))
    })
  }

  /** Takes other settings, from now on; the spool stays where and how it is. */
  configure(settings: QueueSettings, options: ReadonlyMap<string, LaneOptions>): void {
    this.settings = settings
    this.#shareMemory()
    for (const lane of this.#lanes.list) {
      const laneOptions = options.get(lane.name)
      if (laneOptions !== undefined) lane.configure(this.#laneSettings(laneOptions))
    }
  }

  /** Begins to deliver. */
  start(): void {
    this.#isStarted = true
    this.#try(() => this.#reportFound())
    for (const lane of this.#lanes.list) lane.delivery.start()
  }

  #reportFound(): void {
    const { documents, bytes } = this.#repair.run(() => this.#spool.waiting.total(this.#lanes.ids))
    if (documents > 0) this.events.spoolFound(documents, bytes)
    for (const { name, documents, deadLetters } of this.admin.removedLanes()) {
      this.events.removedExporterFound(name, documents, deadLetters.count)
    }
  }

  /**
   * Opens an entry: documents that are written into the group are dropped unless {@link commit} follows before the next
   * entry is opened.
   *
   * @throws {RejectedError} `busy` if there is no room
   */
  open(): DocumentGroup {
    if (this.#isStopping) throw busy('The agent is stopping')
    const { full } = this.#lanes
    if (full !== undefined) {
      full.reportRoom()
      throw busy(`The queue is full: ${formatBytes(full.backlog.bytes)} wait for ${full.name} (queue.maxBytes)`)
    }
    if (this.#lanes.ids.length === 0) throw busy('No exporter is open')
    return this.#group.open()
  }

  /**
   * Commits the entry.
   *
   * @param isAnswered whether a client waits for its answer; if none does, documents that cannot be written are lost
   * @returns resolves once the documents are on disk; rejects with a {@link RejectedError} if they cannot be written
   */
  commit(isAnswered: boolean): Promise<void> {
    return this.#group.commit(isAnswered)
  }

  #laneSettings(options: LaneOptions): LaneSettings {
    const { batchWaitMs, maxAgeMs, backOff, maxBytes } = this.settings
    return { ...options, batchWaitMs, maxAgeMs, backOff, maxBytes }
  }

  #shareMemory(): void {
    this.#blocks.maxLaneBytes = this.settings.maxMemory / Math.max(1, this.#lanes.ids.length)
  }

  /** Delivers without waiting for more, until nothing waits or `deadline` comes. */
  async flush(deadline: AbortSignal): Promise<void> {
    this.#group.flush()
    await Promise.all(this.#lanes.list.map(({ delivery }) => delivery.flush(deadline)))
  }

  /** Accepts nothing more, delivers until `deadline`, and closes the spool. @returns what is left in it */
  async stop(deadline: AbortSignal): Promise<LeftInSpool> {
    await this.flush(deadline)
    this.#isStopping = true
    const stopping = this.#lanes.list.map(async ({ id, delivery }) => ({ id, rows: await delivery.stop(deadline) }))
    const stopped = await Promise.all(stopping)
    await Promise.race([this.#lanes.ended(), untilAborted(deadline)])
    this.#writer.close()
    this.#group.flush()
    for (const { id, rows } of stopped) this.#try(() => this.#spool.keepRest(id, rows))
    const left = this.#try(() => this.#left()) ?? { documents: 0, removed: [] }
    this.#isStopped = true
    this.#spool.close()
    return left
  }

  #left(): LeftInSpool {
    const ending = this.#lanes.ending.map(({ name, delivery }) => ({ name, documents: delivery.documents }))
    const removed = [...this.admin.removedLanes(), ...ending].filter(({ documents }) => documents > 0)
    return { documents: this.#spool.waiting.total(this.#lanes.ids).documents, removed }
  }

  /** Does what nothing depends on. @returns undefined if the spool cannot be read or written, which is reported */
  #try<T>(fn: () => T): T | undefined {
    try {
      return fn()
    } catch (error) {
      this.events.spoolFailed(error, 0)
      return undefined
    }
  }
}

function busy(message: string): RejectedError {
  return new RejectedError('busy', message, { retryAfterMs: RETRY_AFTER_MS })
}
