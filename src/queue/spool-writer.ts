import type { Clock } from '../async/clock.ts'
import type { DocumentBlock } from '../component/batch.ts'
import { RejectedError } from '../component/rejected-error.ts'
import type { Events } from '../telemetry/events.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import type { DeadLetter } from './dead-letter-store.ts'
import type { DiskReserve } from './disk-reserve.ts'
import type { GroupWriter } from './group-commit.ts'
import type { HeldBlocks } from './held-blocks.ts'
import type { LaneSet } from './lane-set.ts'
import type { QueueAdmin } from './queue-admin.ts'
import type { Spool } from './spool.ts'
import type { SpoolRepair } from './spool-repair.ts'
import type { SpoolRow } from './spool-row.ts'
import { SpoolWatch } from './spool-watch.ts'

/** What is written, and where. */
export interface WriterParts {
  readonly spool: Spool
  readonly repair: SpoolRepair
  readonly blocks: HeldBlocks
  readonly lanes: LaneSet
  readonly acknowledgements: Acknowledgements
  /** Room on the disk for when it is full. */
  readonly reserve: DiskReserve
  readonly events: Events
  readonly clock: Clock
  /** Bytes of dead letters that are stored for one exporter; over that the oldest are deleted. */
  readonly maxDeadBytes: () => number
  /** Counts what is stored for removed exporters. */
  readonly admin: QueueAdmin
  /** Writes the group that is open, and what was acknowledged with it. */
  readonly flush: () => void
}

/** When a client should try again if the spool cannot be written, in milliseconds. */
const RETRY_AFTER_MS = 5000
/** How long rows that are acknowledged may wait until a commit deletes them all at once, in milliseconds. */
const CLEAN_MS = 50
/** The same while the spool cannot be written: there may be a million rows by then. */
const FAILED_CLEAN_MS = 1000
/** Idle time before the spool file is shrunk, in milliseconds. */
const SHRINK_MS = 5000
/** After the start, and after there was no room for it, room on the disk is reserved; in milliseconds. */
const RESERVE_MS = 1000
const RESERVE_AGAIN_MS = 60_000
/** So much of the reserve is filled at most: a database is larger than what it holds. */
const RESERVE_SHARE = 0.6
const NOTHING = { acknowledged: [], deadLetters: [] }

/** Writes groups of documents to the spool, and with some of them what lanes no longer need. */
export class SpoolWriter implements GroupWriter {
  /** When rows were last deleted, or that was tried, in milliseconds by the monotonic clock. */
  #cleaned = 0
  /** True since a write failed, until one succeeds. */
  #isFailing = false
  #cancelCleaner: (() => void) | undefined
  #cancelShrinker: (() => void) | undefined
  #cancelReserve: (() => void) | undefined
  #isClosing = false

  readonly #watch: SpoolWatch

  constructor(private readonly parts: WriterParts) {
    const { spool, events, clock, reserve } = parts
    const onRestored = (): void => {
      reserve.release()
      this.#holdReserve()
    }
    this.#watch = new SpoolWatch({ spool, events, clock, onRestored })
    this.#cancelReserve = parts.clock.after(RESERVE_MS, () => this.#holdReserve())
  }

  isAhead(): boolean {
    return this.parts.lanes.isAhead
  }

  write(block: DocumentBlock | undefined, truncated: number, unanswered: number): void {
    const { spool, repair, lanes, clock, events } = this.parts
    this.#cancelCleaner?.()
    this.#cancelCleaner = undefined
    const isCleaning = this.#isClosing || clock.monotonic() - this.#cleaned >= this.#cleanMs
    try {
      if (block !== undefined) this.#watch.check()
      // A spool that is rebuilt has what was acknowledged before.
      const change = () => ({ block, lanes: lanes.ids, ...(isCleaning ? this.#acknowledged : NOTHING) })
      const row = repair.run(() => spool.commit(change(), clock.wall()))
      this.#isFailing = false
      if (isCleaning) this.#cleanedUp()
      if (row !== undefined) this.#queued(row, truncated)
    } catch (error) {
      events.spoolFailed(error, block?.ends.length ?? 0)
      if (unanswered > 0) events.lost(unanswered, 'the spool cannot be written')
      if (isCleaning || !this.#isFailing) this.#makeRoom()
      throw new RejectedError('busy', 'The spool cannot be written', { cause: error, retryAfterMs: RETRY_AFTER_MS })
    } finally {
      this.cleanLater()
      for (const lane of lanes.list) lane.delivery.pump()
    }
  }

  get #cleanMs(): number {
    return this.#isFailing ? FAILED_CLEAN_MS : CLEAN_MS
  }

  get #acknowledged() {
    const { rows, deadLetters } = this.parts.acknowledgements
    return { acknowledged: rows, deadLetters }
  }

  #queued(row: SpoolRow, truncated: number): void {
    const { blocks, lanes, events } = this.parts
    const block = blocks.written(row, lanes.ids)
    for (const lane of lanes.list) lane.backlog.push(block)
    if (block.holders === 0) blocks.discard(block)
    events.queued(row.ends.length, truncated)
    for (const lane of lanes.list) lane.dropOldest()
  }

  #cleanedUp(): void {
    const { acknowledgements, lanes, admin, clock } = this.parts
    for (const lane of acknowledgements.lanes) if (!lanes.ids.includes(lane)) admin.recountRemoved()
    acknowledgements.clear()
    this.#cleaned = clock.monotonic()
    this.#trimDeadLetters()
  }

  #trimDeadLetters(): void {
    const { spool, repair, lanes, events } = this.parts
    const maxBytes = this.parts.maxDeadBytes()
    try {
      for (const { id, report } of lanes.list) {
        if (spool.deadLetters.totals(id).bytes <= maxBytes) continue
        const count = repair.run(() => spool.changeDeadLetters((deadLetters) => deadLetters.trim(id, maxBytes)))
        report.deadLettersDropped(count)
      }
    } catch (error) {
      // The commit that wrote them went well, and the next one trims them.
      events.spoolFailed(error, 0)
    }
  }

  /**
   * Deletes what is acknowledged when the disk is full: if there is no room for its dead letters, what was delivered. If
   * there is no room for that either, empties the log; recreates the file if nothing in it is needed but dead letters.
   */
  #makeRoom(): void {
    const { spool, acknowledgements, clock, reserve } = this.parts
    this.#isFailing = true
    this.#cleaned = clock.monotonic()
    if (acknowledgements.isEmpty || this.#clean()) return
    if (spool.emptyLog(reserve) && this.#clean()) return
    this.#resetIfUnneeded()
  }

  #clean(): boolean {
    return this.#cleanAll() || this.#cleanDelivered()
  }

  #cleanAll(): boolean {
    const { spool, clock } = this.parts
    const isCommitted = didSucceed(() => spool.commit({ lanes: [], ...this.#acknowledged }, clock.wall()))
    if (isCommitted) this.#cleanedUp()
    return isCommitted
  }

  #cleanDelivered(): boolean {
    const { spool, clock, acknowledgements } = this.parts
    const acknowledged = acknowledgements.deliveredRows
    if (acknowledgements.deadLetters.length === 0 || acknowledged.length === 0) return false
    const isCommitted = didSucceed(() => spool.commit({ lanes: [], acknowledged, deadLetters: [] }, clock.wall()))
    if (isCommitted) acknowledgements.clearDelivered()
    return isCommitted
  }

  #resetIfUnneeded(): void {
    const { spool, lanes, acknowledgements, events, admin, reserve } = this.parts
    try {
      if (!lanes.isIdle || admin.removedLanes().some(({ documents }) => documents > 0)) return
      const unwritten = acknowledgements.deadLetters
      if (!this.#haveRoomIn(reserve, unwritten)) return
      reserve.release()
      spool.reset(unwritten)
      this.#cleanedUp()
    } catch (error) {
      events.spoolFailed(error, 0)
    } finally {
      this.#holdReserve()
    }
  }

  /** True if all dead letters fit into what is reserved on the disk, in a new file. */
  #haveRoomIn(reserve: DiskReserve, unwritten: readonly DeadLetter[]): boolean {
    const { spool } = this.parts
    const stored = spool.lanes().reduce((sum, { id }) => sum + spool.deadLetters.totals(id).bytes, 0)
    const bytes = unwritten.reduce((sum, { document }) => sum + document.length, stored)
    return bytes <= reserve.bytes * RESERVE_SHARE
  }

  #holdReserve(): void {
    const { reserve, clock } = this.parts
    this.#cancelReserve?.()
    if (this.#isClosing || reserve.hold()) return
    this.#cancelReserve = clock.after(RESERVE_AGAIN_MS, () => this.#holdReserve())
  }

  /** Deletes what is acknowledged with the next write, however recent the last time is. */
  cleanNext(): void {
    this.#cleaned = -Infinity
  }

  /** Sees to it that what is acknowledged is deleted, and that a large file is shrunk once nothing waits. */
  cleanLater(): void {
    if (this.#isClosing) return
    const { acknowledgements, lanes, clock, flush } = this.parts
    if (!acknowledgements.isEmpty) {
      this.#cancelCleaner ??= clock.after(this.#cleanMs, () => {
        this.#cancelCleaner = undefined
        flush()
      })
    } else if (lanes.isIdle) this.#cancelShrinker ??= clock.after(SHRINK_MS, () => this.#shrink())
  }

  #shrink(): void {
    this.#cancelShrinker = undefined
    try {
      if (this.parts.lanes.isIdle) this.parts.spool.shrink()
    } catch (error) {
      this.parts.events.spoolFailed(error, 0)
    }
  }

  /** From now on every write deletes what is acknowledged, and nothing happens later. */
  close(): void {
    this.#isClosing = true
    this.#cancelCleaner?.()
    this.#cancelShrinker?.()
    this.#cancelReserve?.()
    this.#watch.stop()
  }
}

function didSucceed(fn: () => void): boolean {
  try {
    fn()
    return true
  } catch {
    return false
  }
}
