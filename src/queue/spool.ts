import { statSync } from 'node:fs'
import type { DocumentBlock } from '../component/batch.ts'
import { attempt } from '../errors/attempt.ts'
import { errorMessage } from '../errors/error-message.ts'
import { IN_MEMORY } from '../sqlite/open-database.ts'
import { transaction } from '../sqlite/transaction.ts'
import type { EarlierRows } from './age-clock.ts'
import type { DeadLetter, DeadLetterStore } from './dead-letter-store.ts'
import type { DiskReserve } from './disk-reserve.ts'
import { LaneNumbers, type StoredLane } from './lane-numbers.ts'
import type { PartlyDelivered } from './rest-of-row.ts'
import { replaceSpool } from './replace-spool.ts'
import { restoreSpool } from './restore-spool.ts'
import { insertBlock, openSpoolFile, type SpoolFile, spoolPath } from './spool-file.ts'
import { SpoolPlace } from './spool-place.ts'
import { idRanges, type RowSize, type SpoolRow, storedBlock } from './spool-row.ts'
import type { WaitingBlocks } from './waiting-blocks.ts'

/** How the spool is kept. */
export interface SpoolSettings {
  /** The folder, which is created if it does not exist; `:memory:` keeps the spool in memory only. */
  readonly dir: string
  /** `full` survives a loss of power, `normal` the end of the process at any instant. */
  readonly sync: 'normal' | 'full'
}

/** Rows that one lane no longer needs. */
export interface AcknowledgedRows {
  readonly lane: number
  readonly rows: readonly number[]
}

/** What one transaction changes. */
export interface SpoolChange {
  /** Documents that are written, and the lanes that they wait for. */
  readonly block?: DocumentBlock | undefined
  readonly lanes: readonly number[]
  readonly acknowledged: readonly AcknowledgedRows[]
  readonly deadLetters: readonly DeadLetter[]
}

/** What was moved from one lane to another. */
export interface MovedRows {
  /** Documents that no longer wait for the first lane. */
  readonly documents: number
  readonly bytes: number
  /** The rows that were written for the second lane; those that waited for it before are not among them. */
  readonly rows: readonly RowSize[]
}

/** A file that grew over this in an outage is shrunk once it is empty, in bytes. */
const LARGE = 64 << 20
/** So much is moved at once, in bytes on disk, so that nothing else waits for long. */
const MOVED_BYTES = 8 << 20

/** What was acknowledged to its senders and is not delivered yet, in SQLite. */
export class Spool {
  readonly #path: string
  readonly #lanes = new LaneNumbers()
  /** Undefined after the file could not be opened again; the next use tries once more. */
  #opened: SpoolFile | undefined
  #place: SpoolPlace | undefined
  #isClosed = false
  #nextId = 1

  /** @throws {Error} if the folder cannot be written, the file is damaged, or another process has it open */
  constructor(private readonly settings: SpoolSettings) {
    this.#path = spoolPath(settings.dir)
    this.#opened = this.#openFile()
    try {
      // Walks the tables, so that damage shows here.
      this.waiting.total()
      for (const { id } of this.lanes()) this.waiting.contents(id)
    } catch (cause) {
      this.#closeFile()
      throw new Error(`Cannot read the spool in "${settings.dir}": ${errorMessage(cause)}`, { cause })
    }
  }

  get #file(): SpoolFile {
    return this.#opened ??= this.#openFile()
  }

  #openFile(): SpoolFile {
    if (this.#isClosed) throw new Error('The spool is closed')
    const file = openSpoolFile(this.#path, this.settings.sync)
    try {
      const last = file.db.prepare(
        `SELECT max(coalesce((SELECT max(id) FROM blocks), 0), coalesce((SELECT max(block) FROM waiting), 0),
           coalesce((SELECT value FROM state WHERE name = 'last_id'), 0)) AS id`,
      ).get()
      this.#nextId = Math.max(this.#nextId, Number(last?.['id']) + 1)
      this.#lanes.load(file.db)
      this.#place = this.isInMemory ? undefined : new SpoolPlace(this.#path)
      return file
    } catch (cause) {
      attempt(() => file.db.close())
      throw new Error(`Cannot read the spool in "${this.settings.dir}": ${errorMessage(cause)}`, { cause })
    }
  }

  #closeFile(): void {
    const file = this.#opened
    this.#opened = undefined
    if (file !== undefined) this.#place?.marker.remove()
    attempt(() => file?.db.close())
  }

  /** What earlier runs left, before anything is written. */
  earlierRows(): EarlierRows {
    return { nextId: this.#nextId, newest: this.waiting.newest() }
  }

  get isInMemory(): boolean {
    return this.#path === IN_MEMORY
  }

  /** What waits for which lane. */
  get waiting(): WaitingBlocks {
    return this.#file.waiting
  }

  get deadLetters(): DeadLetterStore {
    return this.#file.deadLetters
  }

  /** The number of the lane with this name, which is created if it does not exist. */
  lane(name: string): number {
    return this.#lanes.of(name)
  }

  /** Every lane that it knows. */
  lanes(): readonly StoredLane[] {
    return this.#lanes.list
  }

  /**
   * Writes what came, and deletes what no lane needs, in one transaction. When it returns, both have happened.
   *
   * @param now Unix milliseconds
   * @returns the row; undefined if there is no block, or no lane that it waits for
   * @throws {Error} if the disk is full or gone, or the file is damaged; then neither has happened
   */
  commit({ block, lanes, acknowledged, deadLetters }: SpoolChange, now: number): SpoolRow | undefined {
    return this.#transact((file) => {
      // The room that this frees is used by what follows.
      for (const { lane, rows } of acknowledged) acknowledge(file, lane, rows)
      const row = block === undefined || lanes.length === 0 ? undefined : this.#append(file, block, lanes, now)
      file.deadLetters.add(deadLetters)
      return row
    })
  }

  /** Takes up to `limit` blocks off a lane. @returns what no longer waits for it */
  dropWaiting(lane: number, limit: number): { documents: number; bytes: number } {
    return this.#transact((file) => {
      const sizes = file.waiting.sizes(lane, 0, limit)
      acknowledge(file, lane, sizes.map(({ id }) => id))
      return sumOf(sizes)
    })
  }

  /**
   * Takes up to `limit` blocks off a lane, and writes those that do not wait for another lane already after what waits
   * for that one.
   */
  moveWaiting(from: number, to: number, limit: number): MovedRows {
    return this.#transact((file) => {
      const sizes = upToBytes(file.waiting.sizes(from, 0, limit), MOVED_BYTES)
      const copy = file.db.prepare(
        `INSERT INTO blocks (id, lane, created, documents, bytes, ends, traces)
           SELECT ?, ?, created, documents, bytes, ends, traces FROM blocks WHERE id = ?`,
      )
      const rows: RowSize[] = []
      for (const size of sizes) {
        if (file.waiting.lanesOf(size.id).includes(to)) continue
        const id = this.#nextId++
        copy.run(id, to, size.id)
        rows.push({ ...size, id })
      }
      acknowledge(file, from, sizes.map(({ id }) => id))
      return { ...sumOf(sizes), rows }
    })
  }

  /** Writes the rest of rows that a lane delivered in part in their place, so that nothing of them is sent again. */
  keepRest(lane: number, rows: readonly PartlyDelivered[]): void {
    if (rows.length === 0) return
    this.#transact((file) => {
      for (const { rest, created } of rows) this.#append(file, rest, [lane], created)
      acknowledge(file, lane, rows.map(({ id }) => id))
    })
  }

  /** Takes dead letters out, and writes their documents for a lane. @returns the row; undefined if there are none */
  redrive(
    ids: readonly number[],
    lane: number,
    layOut: (documents: readonly Uint8Array[]) => DocumentBlock,
    now: number,
  ): RowSize | undefined {
    return this.#transact((file) => {
      const found = [...new Set(ids)].map((id) => file.deadLetters.get(id)).filter((entry) => entry !== undefined)
      if (found.length === 0) return undefined
      file.deadLetters.remove(found.map(({ id }) => id))
      const { id, ends, stored } = this.#append(file, layOut(found.map(({ document }) => document)), [lane], now)
      return { id, documents: ends.length, bytes: stored }
    })
  }

  /** Changes dead letters in a transaction. */
  changeDeadLetters<T>(change: (deadLetters: DeadLetterStore) => T): T {
    return this.#transact(({ deadLetters }) => change(deadLetters))
  }

  /** Forgets a lane for which nothing waits, and that has no dead letters; another one stays. */
  forgetLane(lane: number): void {
    if (this.deadLetters.totals(lane).count > 0 || this.waiting.sizes(lane, 0, 1).length > 0) return
    this.#transact(({ db }) => {
      db.prepare('DELETE FROM waiting WHERE lane = ?').run(lane)
      db.prepare('DELETE FROM lanes WHERE id = ?').run(lane)
    })
    this.#lanes.forget(lane)
  }

  #append(file: SpoolFile, block: DocumentBlock, lanes: readonly number[], created: number): SpoolRow {
    const id = this.#nextId++
    const { bytes, ends, traces } = block
    const stored = storedBlock(block)
    insertBlock(file, { id, created, ends }, stored, lanes)
    return { id, created, bytes, ends, traces, stored: stored.bytes.length }
  }

  #transact<T>(fn: (file: SpoolFile) => T): T {
    const file = this.#file
    const restore = file.deadLetters.savepoint()
    const nextId = this.#nextId
    try {
      const result = transaction(file.db, () => {
        this.#lanes.write(file.db)
        return fn(file)
      })
      this.#lanes.committed()
      return result
    } catch (error) {
      restore()
      this.#nextId = nextId
      throw error
    }
  }

  /** Returns the disk space that an outage took, once next to nothing waits any more. */
  shrink(): void {
    const { db } = this.#file
    const pragma = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
    const free = pragma('freelist_count') * pragma('page_size')
    // VACUUM copies what is used, and nothing else happens meanwhile.
    const used = pragma('page_count') * pragma('page_size') - free
    if (free <= LARGE || used >= 2 * LARGE) return
    this.#place?.marker.reset()
    db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  }

  /**
   * Moves what is in the log into the file, and returns the log's disk space: a full disk has no room for either, but for
   * what is reserved.
   *
   * @returns false if there is no log, or no room for what is in it
   */
  emptyLog(reserve: DiskReserve): boolean {
    if (this.isInMemory || (attempt(() => statSync(`${this.#path}-wal`).size) ?? 0) === 0) return false
    reserve.release()
    const result = attempt(() => this.#file.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get())
    reserve.hold()
    return result?.['busy'] === 0
  }

  /**
   * Closes the file, as it is damaged, for another one that takes its place.
   *
   * @param build puts it there. If it throws, the old one is used again
   */
  replaceFile<T>(build: (path: string, lastId: number) => T): T {
    this.#closeFile()
    return build(this.#path, this.#nextId - 1)
  }

  /**
   * Starts a file with nothing but dead letters in place of one of which no block is needed, and that cannot be written as
   * the disk is full.
   *
   * @param unwritten dead letters that are not in the file yet
   * @throws {Error} if there is no room; then nothing has changed
   */
  reset(unwritten: readonly DeadLetter[]): void {
    const stored = this.deadLetters.listStored()
    this.replaceFile((path, lastId) => replaceSpool(path, { lastId, lanes: this.lanes(), stored, unwritten }))
  }

  /** What of its files is no longer where it was, as the beginning of a sentence; undefined if all is. */
  lost(): string | undefined {
    return this.#opened === undefined ? undefined : this.#place?.lost()
  }

  /** Why the next start could not write it; undefined if it could. */
  unwritable(): string | undefined {
    return this.#place?.unwritable()
  }

  /**
   * Writes all that it holds where its files were, which are lost.
   *
   * @returns where the file was moved that had taken the place; undefined if none had
   * @throws {Error} if it cannot be written, or another process uses what has taken the place
   */
  restore(): string | undefined {
    const { db } = this.#file
    if (this.#place?.hasFile === true) {
      // Only the log is lost, which nobody needs once the file has all of it.
      this.#place.marker.reset()
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      this.#closeFile()
      return undefined
    }
    return restoreSpool(db, this.#path, () => this.#closeFile())
  }

  /** Closes it for good. */
  close(): void {
    // Ids go on over restarts, so that a range of them never means two things.
    attempt(() =>
      this.#opened?.db.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('last_id', ?)").run(this.#nextId - 1)
    )
    this.#isClosed = true
    this.#closeFile()
  }
}

function acknowledge(file: SpoolFile, lane: number, rows: readonly number[]): void {
  for (const [first, last] of idRanges(rows)) {
    file.acknowledge.run(first, last, lane)
    file.remove.run(first, last, lane)
  }
}

function sumOf(sizes: readonly RowSize[]): { documents: number; bytes: number } {
  return {
    documents: sizes.reduce((sum, { documents }) => sum + documents, 0),
    bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** As many of the first ones as take at most `maxBytes` together, but at least one. */
function upToBytes(sizes: readonly RowSize[], maxBytes: number): RowSize[] {
  let sum = 0
  return sizes.filter(({ bytes }, i) => (sum += bytes) <= maxBytes || i === 0)
}
