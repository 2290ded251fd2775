import type { Exporter } from '../component/exporter.ts'
import { collectGarbage } from '../platform/collect-garbage.ts'
import { BufferPool } from '../bytes/buffer-pool.ts'
import type { DocumentBlock } from '../component/batch.ts'
import { RejectedError } from '../component/rejected-error.ts'
import { DocumentGroup } from '../segment/document-group.ts'
import type { Events } from '../telemetry/events.ts'
import { Backlog } from './backlog.ts'
import type { DeadLetter, KeptLetter } from './dead-letters.ts'
import { Deliverer, type DeliverSettings, type DeliveryState } from './deliverer.ts'
import { documentBlock } from './document-block.ts'
import { openSpool } from './open-spool.ts'
import type { Spool, SpoolSettings } from './spool.ts'
import type { SpoolRow } from './spool-row.ts'
import { databaseFault } from '../sqlite/database-fault.ts'

/** How what was received is kept until it is delivered. */
export interface QueueSettings extends SpoolSettings, DeliverSettings {
  /** Bytes on disk from which on nothing more is taken. */
  readonly maxBytes: number
  /** Bytes of waiting documents that are also held in memory. */
  readonly maxMemory: number
}

/** What the queue holds, and how delivery goes. */
export interface QueueState {
  /** Where the spool is. */
  readonly dir: string
  /** Documents that are not delivered yet. */
  readonly documents: number
  /** Bytes in the spool, of rows that are not wholly delivered. */
  readonly bytes: number
  readonly maxBytes: number
  /** Age of the oldest waiting row, in milliseconds; 0 if none waits. */
  readonly oldestMs: number
  readonly delivery: DeliveryState
  readonly deadLetters: { readonly count: number; readonly bytes: number }
}

/** When a client should try again if the queue is full or cannot be written, in milliseconds. */
const RETRY_AFTER_MS = 5000

function busy(message: string, cause?: unknown): RejectedError {
  return new RejectedError('busy', message, { cause, retryAfterMs: RETRY_AFTER_MS })
}

/** How long a commit waits for company, in milliseconds: while a client waits for its answer, and while none does. */
const AWAITED_MS = 1
const UNAWAITED_MS = 4
/** How often a commit that holds back looks whether it may go on, in milliseconds. */
const LOOK_MS = 2
/** A group of this size is committed at once, in bytes. */
const GROUP_BYTES = 1 << 20
/**
 * While this many documents wait though the destination takes them, commits hold back: clients that wait for their
 * answer then send at the pace of the delivery, and no backlog grows that would have to be read from disk again.
 */
const PACE_DOCUMENTS = 3000
const PACE_MS = 50
/** How long rows that were delivered may wait until a commit deletes them all at once, in milliseconds. */
const CLEAN_MS = 50
/** After so many bytes that were read back from the spool, garbage is collected. */
const COLLECT_BYTES = 16 << 20
/** How long nothing must have waited until the disk is given back that an outage took, in milliseconds. */
const SHRINK_MS = 5000

/** Keeps documents on disk until they are delivered: what {@link add} has resolved is not lost. */
export class Queue {
  readonly #spool: Spool
  readonly #backlog: Backlog
  readonly #deliverer: Deliverer
  readonly #pool = new BufferPool(12)
  readonly #group = new DocumentGroup(this.#pool)
  #committed = Promise.withResolvers<void>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #cleaner: ReturnType<typeof setTimeout> | undefined
  #groupSince = 0
  /** Documents of the open group whose sender waits for no answer. */
  #unawaited = 0
  /** True once a client waits for the open group. */
  #isHurried = false
  #cleaned = 0
  #gone: number[] = []
  #dead: DeadLetter[] = []
  #isClosed = false
  /** Bytes that were read back from the spool, and unpacked, since garbage was last collected. */
  #readBytes = 0
  #shrinker: ReturnType<typeof setTimeout> | undefined
  readonly #dir: string

  /** @throws {Error} if another process has the spool */
  constructor(private settings: QueueSettings, exporter: Exporter, private readonly events: Events) {
    const { spool, dir } = openSpool(settings, events)
    this.#spool = spool
    this.#dir = dir
    const source = { read: (id: number) => this.#read(id), contents: (from: number) => spool.contents(from) }
    this.#backlog = new Backlog(source, settings.maxMemory, this.#pool)
    this.#deliverer = new Deliverer(this.#backlog, exporter, settings, events, (rows, dead) => this.#settle(rows, dead))
    this.#committed.promise.catch(ignore)
    if (this.#backlog.documents > 0) events.spoolFound(this.#backlog.documents, this.#backlog.bytes)
    this.#deliverer.pump()
  }

  get state(): QueueState {
    const oldest = this.#backlog.oldest()
    return {
      dir: this.#dir,
      documents: this.#deliverer.documents,
      bytes: this.#backlog.bytes,
      maxBytes: this.settings.maxBytes,
      oldestMs: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest),
      delivery: this.#deliverer.state,
      deadLetters: { count: this.#spool.deadLetters.count, bytes: this.#spool.deadLetters.bytes },
    }
  }

  /** Takes other settings, from now on; the spool stays where and how it is. */
  configure(settings: QueueSettings): void {
    this.settings = settings
    this.#backlog.maxMemory = settings.maxMemory
    this.#deliverer.configure(settings)
  }

  /** At most `limit` dead letters whose id is greater than `after`, oldest first. */
  deadLetters(after: number, limit: number): KeptLetter[] {
    return this.#spool.deadLetters.list(after, limit)
  }

  deadLetter(id: number): KeptLetter | undefined {
    return this.#spool.deadLetters.get(id)
  }

  /** Sends dead letters again, and gives how many of them were there. @throws {Error} if the spool cannot be written */
  retryDeadLetters(ids: readonly number[]): number {
    const row = this.#spool.revive(ids, documentBlock)
    if (row === undefined) return 0
    this.#backlog.push(row)
    this.#deliverer.pump()
    return row.ends.length
  }

  /** Forgets dead letters, and gives how many of them were there. */
  dropDeadLetters(ids: readonly number[]): number {
    return this.#spool.dropDeadLetters(ids)
  }

  /**
   * Takes the documents that `fill` writes; if it throws, none of them.
   *
   * @param isAwaited whether a client waits for its answer; if none does, documents that cannot be written are lost,
   * and counted as such
   * @returns what `fill` gave, and a promise that is kept once the documents are on disk
   * @throws {RejectedError} `busy` if there is no room
   */
  add<T>(fill: (group: DocumentGroup) => T, isAwaited = true): { result: T; committed: Promise<void> } {
    if (this.#isClosed) throw busy('The agent is stopping')
    if (this.#backlog.bytes >= this.settings.maxBytes) {
      throw busy(`The queue is full: ${this.#backlog.bytes} bytes wait for delivery (queue.maxBytes)`)
    }
    const group = this.#group
    const before = group.count
    let result: T
    try {
      result = fill(group)
    } catch (error) {
      group.rollBack(before)
      throw error
    }
    const { promise } = this.#committed
    if (!isAwaited) this.#unawaited += group.count - before
    if (group.writer.length >= GROUP_BYTES && !this.#isAhead) this.#commit()
    else if (this.#timer === undefined) {
      this.#groupSince = performance.now()
      this.#commitIn(isAwaited ? AWAITED_MS : UNAWAITED_MS)
    } else if (isAwaited && !this.#isHurried) this.#commitIn(AWAITED_MS)
    if (isAwaited) this.#isHurried = true
    return { result, committed: promise }
  }

  #commitIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#commitAtPace(), ms)
  }

  /** True while more waits than the destination can take at once. */
  get #isAhead(): boolean {
    return this.#deliverer.isHealthy && this.#backlog.documents > PACE_DOCUMENTS
  }

  #commitAtPace(): void {
    if (this.#isAhead && performance.now() - this.#groupSince < PACE_MS) {
      this.#commitIn(LOOK_MS)
    } else this.#commit()
  }

  #commit(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#cleaner)
    this.#timer = this.#cleaner = undefined
    this.#isHurried = false
    const { cut } = this.#group
    const block = this.#group.count > 0 ? this.#group.take() : undefined
    const { resolve, reject } = this.#committed
    this.#committed = Promise.withResolvers<void>()
    this.#committed.promise.catch(ignore)
    const isCleaning = this.#isClosed || performance.now() - this.#cleaned >= CLEAN_MS
    const [gone, dead] = isCleaning ? [this.#gone, this.#dead] : [[], []]
    const unawaited = this.#unawaited
    this.#unawaited = 0
    try {
      const row = this.#spool.commit(block, gone, dead, Date.now())
      if (isCleaning) this.#cleanedUp()
      if (row !== undefined) this.#queued(row, cut)
      resolve()
    } catch (error) {
      if (this.#isMended(error) && this.#commitAgain(block, cut)) resolve()
      else {
        this.events.spoolFailed(error, block?.ends.length ?? 0)
        if (unawaited > 0) this.events.lost(unawaited, 'spool', 'the spool cannot be written')
        reject(busy('The spool cannot be written', error))
        this.#makeRoom()
      }
    }
    this.#cleanLater()
    this.#deliverer.pump()
  }

  #queued(row: SpoolRow, cut: number): void {
    this.#backlog.push(row)
    this.events.queued(row.ends.length, cut)
  }

  #cleanedUp(): void {
    this.#gone = []
    this.#dead = []
    this.#cleaned = performance.now()
    const trimmed = this.#spool.trimDeadLetters()
    if (trimmed > 0) this.events.deadLettersTrimmed(trimmed)
  }

  /** Begins a new file if the one that is there is damaged. */
  #isMended(error: unknown): boolean {
    if (databaseFault(error) !== 'damaged') return false
    try {
      this.#renew(error)
      return true
    } catch {
      return false
    }
  }

  #renew(error: unknown): void {
    const aside = this.#spool.renew(this.#backlog.held, (id) => this.#backlog.isWaiting(id))
    this.events.spoolSetAside(aside, error)
    this.#backlog.recount()
  }

  #commitAgain(block: DocumentBlock | undefined, cut: number): boolean {
    try {
      const row = this.#spool.commit(block, [], [], Date.now())
      if (row !== undefined) this.#queued(row, cut)
      return true
    } catch {
      return false
    }
  }

  #read(id: number): SpoolRow | undefined {
    if (this.#readBytes > COLLECT_BYTES) {
      this.#readBytes = 0
      collectGarbage()
    }
    const row = this.#readOrRenew(id)
    this.#readBytes += row?.bytes.length ?? 0
    return row
  }

  #readOrRenew(id: number): SpoolRow | undefined {
    try {
      return this.#spool.read(id)
    } catch (error) {
      this.#renew(error)
      return this.#spool.read(id)
    }
  }

  /** What was delivered may go though there is no room for more; and if nothing else is there, so may the file. */
  #makeRoom(): void {
    if (this.#gone.length === 0 && this.#dead.length === 0) return
    try {
      this.#spool.commit(undefined, this.#gone, this.#dead, Date.now())
      this.#cleanedUp()
    } catch {
      if (!this.#deliverer.isDone || this.#dead.length > 0 || this.#spool.deadLetters.count > 0) return
      this.#spool.startAnew()
      this.#cleanedUp()
    }
  }

  #settle(rows: readonly number[], dead: readonly DeadLetter[]): void {
    for (const id of rows) this.#gone.push(id)
    for (const letter of dead) this.#dead.push(letter)
    this.#cleanLater()
  }

  #cleanLater(): void {
    if (this.#isClosed) return
    if (this.#gone.length > 0 || this.#dead.length > 0) this.#cleaner ??= setTimeout(() => this.#commit(), CLEAN_MS)
    else if (this.#deliverer.isDone) this.#shrinker ??= setTimeout(() => this.#shrink(), SHRINK_MS)
  }

  #shrink(): void {
    this.#shrinker = undefined
    try {
      if (this.#deliverer.isDone) this.#spool.shrink()
    } catch (error) {
      this.events.spoolFailed(error, 0)
    }
  }

  /** Delivers without waiting for more, until nothing waits or `deadline` comes. */
  async flush(deadline: AbortSignal): Promise<void> {
    this.#commit()
    await this.#deliverer.flush(deadline)
  }

  /** Takes nothing more, delivers until `deadline`, and closes the spool. Gives the documents that are left in it. */
  async stop(deadline: AbortSignal): Promise<number> {
    this.#commit()
    this.#isClosed = true
    await this.#deliverer.stop(deadline)
    this.#commit()
    clearTimeout(this.#shrinker)
    const { documents } = this.#spool.contents()
    this.#spool.close()
    return documents
  }
}

function ignore(): void {
  // Whoever waits for the promise hears of it; nobody need.
}
