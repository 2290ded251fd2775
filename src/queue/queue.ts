import { type Clock, systemClock } from '../async/clock.ts'
import { BufferPool } from '../bytes/buffer-pool.ts'
import type { DocumentBlock } from '../component/batch.ts'
import { RejectedError } from '../component/rejected-error.ts'
import { collectGarbage } from '../platform/collect-garbage.ts'
import type { DocumentGroup } from '../segment/document-group.ts'
import type { Events } from '../telemetry/events.ts'
import { GroupCommit } from './group-commit.ts'
import { type HeldBlock, HeldBlocks } from './held-blocks.ts'
import { Lane, type LaneSettings, type LaneState } from './lane.ts'
import { openSpool } from './open-spool.ts'
import { QueueAdmin, type RemovedLane } from './queue-admin.ts'
import type { DeliverySettings, Sender } from './delivery.ts'
import type { DeadLetterTotals } from './dead-letter-store.ts'
import { Settlement } from './settlement.ts'
import type { Spool, SpoolSettings, StoredLane } from './spool.ts'
import { SpoolRepair } from './spool-repair.ts'
import type { SpoolRow } from './spool-row.ts'

/** How documents are kept until they are delivered. */
export interface QueueSettings extends SpoolSettings, Omit<DeliverySettings, 'concurrency'> {
  /** Bytes on disk that may wait for one exporter. */
  readonly maxBytes: number
  /** Bytes of waiting documents that are also held in memory. */
  readonly maxMemory: number
  /** Bytes of dead letters that are kept for one exporter. */
  readonly maxDeadBytes: number
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
  /** What is kept for exporters that the config no longer has. */
  readonly removed: readonly RemovedLane[]
}

/** When a client should try again if the queue is full or cannot be written, in milliseconds. */
const RETRY_AFTER_MS = 5000
/** How long rows that are done may wait until a commit deletes them all at once, in milliseconds. */
const CLEAN_MS = 50
/** After so many bytes that were read from the spool, garbage is collected. */
const COLLECT_BYTES = 16 << 20
/** Idle time before the spool file is shrunk, in milliseconds. */
const SHRINK_MS = 5000

/** Keeps documents on disk until each exporter has delivered them: what {@link commit} resolved for is not lost. */
export class Queue {
  readonly admin: QueueAdmin
  readonly #spool: Spool
  readonly #dir: string
  readonly #pool = new BufferPool(12)
  readonly #blocks: HeldBlocks
  readonly #lanes = new Map<string, Lane>()
  #laneIds: readonly number[] = []
  #storedLanes: readonly StoredLane[]
  readonly #group: GroupCommit
  readonly #settlement = new Settlement()
  readonly #repair: SpoolRepair
  /** When rows were last deleted, by the monotonic clock. */
  #cleaned = 0
  #cancelCleaner: (() => void) | undefined
  #cancelShrinker: (() => void) | undefined
  #isStarted = false
  #isClosed = false
  /** Bytes that were read from the spool since garbage was last collected. */
  #readBytes = 0

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
    this.#spool = spool
    this.#dir = dir
    this.#blocks = new HeldBlocks(settings.maxMemory, this.#pool)
    this.#storedLanes = spool.lanes()
    const witnesses = {
      blocks: this.#blocks,
      lanes: () => [...this.#lanes.values()],
      storedLanes: () => this.#storedLanes,
    }
    this.#repair = new SpoolRepair(spool, witnesses, events)
    const writer = {
      isAhead: () => this.#isAhead,
      write: (block: DocumentBlock | undefined, truncated: number, unanswered: number) =>
        this.#write(block, truncated, unanswered),
    }
    this.#group = new GroupCommit(writer, this.#pool, clock)
    this.admin = new QueueAdmin(spool, () => [...this.#lanes.keys()], (name, row) => this.#push(name, row))
  }

  /** What waits, and how delivery goes. */
  get state(): QueueState {
    return {
      dir: this.#dir,
      maxBytes: this.settings.maxBytes,
      isFull: this.#fullLane !== undefined,
      lanes: [...this.#lanes.values()].map((lane) => ({
        ...lane.state,
        deadLetters: this.#spool.deadLetterTotals(lane.id),
      })),
      removed: this.admin.removedLanes(),
    }
  }

  /** Adds a lane for an exporter: what was kept for its name is delivered, and from now on everything that arrives. */
  addLane(name: string, sender: Sender, options: LaneOptions): void {
    const id = this.#repair.run(() => this.#spool.lane(name))
    // A file that is rebuilt from here on must have the lane.
    this.#storedLanes = this.#spool.lanes()
    const waiting = {
      read: (from: number) => this.#read(id, from),
      contents: (from: number) => this.#repair.run(() => this.#spool.contents(id, from)),
      sizes: (from: number, limit: number) => this.#repair.run(() => this.#spool.sizes(id, from, limit)),
    }
    const parts = {
      waiting,
      blocks: this.#blocks,
      report: this.events.exporter(name),
      clock: this.clock,
      settle: (rows: readonly number[], dead?: Parameters<Settlement['add']>[2]) => {
        this.#settlement.add(id, rows, dead, this.clock.wall())
        this.#cleanLater()
      },
    }
    const lane = new Lane(id, name, parts, sender, this.#laneSettings(options))
    this.#lanes.set(name, lane)
    this.#lanesChanged()
    if (this.#isStarted) lane.delivery.start()
  }

  /** Documents that wait for an exporter. */
  waitingFor(name: string): number {
    return this.#lanes.get(name)?.delivery.documents ?? 0
  }

  /** Delivers to another sender of the same name. @returns resolves once requests of the old one have ended */
  async replaceSender(name: string, sender: Sender): Promise<void> {
    await this.#lanes.get(name)?.delivery.replaceSender(sender)
  }

  /** Ends an exporter's lane: requests in flight end until `deadline`, and what waits for it stays in the spool. */
  async removeLane(name: string, deadline: AbortSignal): Promise<void> {
    const lane = this.#lanes.get(name)
    if (lane === undefined) return
    this.#lanes.delete(name)
    this.#lanesChanged()
    await lane.delivery.stop(deadline)
    lane.backlog.close()
    // What it delivered must be deleted before an exporter of its name may come back.
    this.#cleaned = -Infinity
    this.#group.flush()
    this.admin.forgetIfEmpty(lane)
  }

  /** Takes other settings, from now on; the spool stays where and how it is. */
  configure(settings: QueueSettings, options: ReadonlyMap<string, LaneOptions>): void {
    this.settings = settings
    this.#blocks.maxBytes = settings.maxMemory
    for (const [name, lane] of this.#lanes) {
      const own = options.get(name)
      if (own !== undefined) lane.configure(this.#laneSettings(own))
    }
  }

  /** Begins to deliver. */
  start(): void {
    this.#isStarted = true
    const found = this.#spool.total()
    if (found.documents > 0) this.events.spoolFound(found.documents, found.bytes)
    for (const { name, documents, deadLetters } of this.admin.removedLanes()) {
      this.events.removedExporterFound(name, documents, deadLetters.count)
    }
    for (const lane of this.#lanes.values()) lane.delivery.start()
  }

  /**
   * Opens an entry: documents that are written into the group are dropped unless {@link commit} follows before the next
   * entry is opened.
   *
   * @throws {RejectedError} `busy` if there is no room
   */
  open(): DocumentGroup {
    if (this.#isClosed) throw busy('The agent is stopping')
    const full = this.#fullLane
    if (full !== undefined) {
      throw busy(`The queue is full: ${full.backlog.bytes} bytes wait for ${full.name} (queue.maxBytes)`)
    }
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

  get #fullLane(): Lane | undefined {
    for (const lane of this.#lanes.values()) if (lane.isFull) return lane
    return undefined
  }

  get #isAhead(): boolean {
    for (const lane of this.#lanes.values()) if (lane.isAhead) return true
    return false
  }

  get #isIdle(): boolean {
    for (const lane of this.#lanes.values()) if (!lane.delivery.isDone) return false
    return true
  }

  #laneSettings(options: LaneOptions): LaneSettings {
    const { batchWaitMs, maxAgeMs, backOff, maxBytes } = this.settings
    return { ...options, batchWaitMs, maxAgeMs, backOff, maxBytes }
  }

  #lanesChanged(): void {
    this.#laneIds = [...this.#lanes.values()].map(({ id }) => id)
    this.#storedLanes = this.#spool.lanes()
    this.admin.lanesChanged()
  }

  #write(block: DocumentBlock | undefined, truncated: number, unanswered: number): void {
    this.#cancelCleaner?.()
    this.#cancelCleaner = undefined
    const isCleaning = this.#isClosed || this.clock.monotonic() - this.#cleaned >= CLEAN_MS
    const { settled, dead } = isCleaning ? this.#settlement : { settled: [], dead: [] }
    const lanes = this.#laneIds
    try {
      const now = this.clock.wall()
      const row = this.#repair.run(() => this.#spool.commit({ block, lanes, settled, dead }, now))
      if (isCleaning) this.#cleanedUp()
      if (row !== undefined) this.#queued(row, truncated)
    } catch (error) {
      this.events.spoolFailed(error, block?.ends.length ?? 0)
      if (unanswered > 0) this.events.lost(unanswered, 'the spool cannot be written')
      this.#makeRoom()
      throw busy('The spool cannot be written', error)
    } finally {
      this.#cleanLater()
      for (const lane of this.#lanes.values()) lane.delivery.pump()
    }
  }

  #queued(row: SpoolRow, truncated: number): void {
    const block = this.#blocks.written(row)
    for (const lane of this.#lanes.values()) lane.backlog.push(block)
    if (block.holders === 0) this.#blocks.discard(block)
    this.events.queued(row.ends.length, truncated)
    for (const lane of this.#lanes.values()) lane.dropOldest()
  }

  /** Takes a row that was written for one lane alone. */
  #push(name: string, row: SpoolRow): void {
    const lane = this.#lanes.get(name)
    if (lane === undefined) return
    lane.backlog.push(this.#blocks.read(row))
    lane.delivery.pump()
  }

  #read(lane: number, from: number): HeldBlock | undefined {
    const id = this.#repair.run(() => this.#spool.next(lane, from))
    if (id === undefined) return undefined
    const held = this.#blocks.find(id)
    if (held !== undefined) return held
    if (this.#readBytes > COLLECT_BYTES) {
      this.#readBytes = 0
      collectGarbage()
    }
    const row = this.#readOrRebuild(id)
    // A row that could not be read of a damaged spool is gone; those after it go on.
    if (row === undefined) return this.#read(lane, id + 1)
    this.#readBytes += row.bytes.length
    return this.#blocks.read(row)
  }

  /** A row that is malformed shows damage that SQLite does not see. */
  #readOrRebuild(id: number): SpoolRow | undefined {
    try {
      return this.#spool.read(id)
    } catch (error) {
      this.#repair.rebuild(error)
      return this.#spool.read(id)
    }
  }

  #cleanedUp(): void {
    this.#settlement.clear()
    this.#cleaned = this.clock.monotonic()
    const { maxDeadBytes } = this.settings
    for (const { id, report } of this.#lanes.values()) {
      if (this.#spool.deadLetterTotals(id).bytes <= maxDeadBytes) continue
      report.deadLettersDropped(this.#spool.changeDeadLetters((letters) => letters.trim(id, maxDeadBytes)))
    }
  }

  /** Deletes what is done when the disk is full; recreates the file if it is then empty. */
  #makeRoom(): void {
    if (this.#settlement.isEmpty) return
    try {
      const { settled, dead } = this.#settlement
      this.#spool.commit({ lanes: [], settled, dead }, this.clock.wall())
      this.#cleanedUp()
    } catch {
      const isNeeded = !this.#isIdle || this.#settlement.hasDeadLetters || this.#spool.deadLetters.count > 0 ||
        this.admin.removedLanes().length > 0
      if (isNeeded) return
      this.#spool.reset(this.#storedLanes)
      this.#cleanedUp()
    }
  }

  #cleanLater(): void {
    if (this.#isClosed) return
    if (!this.#settlement.isEmpty) {
      this.#cancelCleaner ??= this.clock.after(CLEAN_MS, () => {
        this.#cancelCleaner = undefined
        this.#group.flush()
      })
    } else if (this.#isIdle) this.#cancelShrinker ??= this.clock.after(SHRINK_MS, () => this.#shrink())
  }

  #shrink(): void {
    this.#cancelShrinker = undefined
    try {
      if (this.#isIdle) this.#spool.shrink()
    } catch (error) {
      this.events.spoolFailed(error, 0)
    }
  }

  /** Delivers without waiting for more, until nothing waits or `deadline` comes. */
  async flush(deadline: AbortSignal): Promise<void> {
    this.#group.flush()
    await Promise.all([...this.#lanes.values()].map(({ delivery }) => delivery.flush(deadline)))
  }

  /** Accepts nothing more, delivers until `deadline`, and closes the spool. @returns the documents that are left in it */
  async stop(deadline: AbortSignal): Promise<number> {
    await this.flush(deadline)
    this.#isClosed = true
    await Promise.all([...this.#lanes.values()].map(({ delivery }) => delivery.stop(deadline)))
    this.#group.flush()
    this.#cancelCleaner?.()
    this.#cancelShrinker?.()
    const left = Math.max(0, ...this.#laneIds.map((lane) => this.#spool.contents(lane).documents))
    this.#spool.close()
    return left
  }
}

function busy(message: string, cause?: unknown): RejectedError {
  return new RejectedError('busy', message, { cause, retryAfterMs: RETRY_AFTER_MS })
}
