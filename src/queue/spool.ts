import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { DocumentBlock } from '../component/batch.ts'
import { attempt } from '../errors/attempt.ts'
import { errorMessage } from '../errors/error-message.ts'
import { compress } from '../sqlite/compress.ts'
import { IN_MEMORY, openDatabase } from '../sqlite/open-database.ts'
import { quarantine } from '../sqlite/quarantine.ts'
import { transaction } from '../sqlite/transaction.ts'
import { type DeadLetter, DeadLetterStore, type DeadLetterTotals } from './dead-letter-store.ts'
import { rowOf, type SpoolRow } from './spool-row.ts'
import { spoolFormat } from './spool-format.ts'

/** How the spool is kept. */
export interface SpoolSettings {
  /** The folder, which is created if it does not exist; `:memory:` keeps the spool in memory only. */
  readonly dir: string
  /** `full` survives a loss of power, `normal` the end of the process at any instant. */
  readonly sync: 'normal' | 'full'
}

/** Rows that one lane no longer needs. */
export interface LaneRows {
  readonly lane: number
  readonly rows: readonly number[]
}

/** What one transaction changes. */
export interface SpoolChange {
  /** Documents to be written, and the lanes that they wait for. */
  readonly block?: DocumentBlock | undefined
  readonly lanes: readonly number[]
  readonly settled: readonly LaneRows[]
  readonly dead: readonly DeadLetter[]
}

/** What waits for one lane. */
export interface LaneContents {
  readonly documents: number
  /** Bytes on disk. */
  readonly bytes: number
  /** The id of the oldest block; 0 if there is none. */
  readonly firstId: number
}

/** A lane that the spool knows, whether or not an exporter of its name is configured. */
export interface StoredLane {
  readonly id: number
  readonly name: string
}

/** Smaller blocks are not worth compressing, in bytes. */
const COMPRESSED_FROM = 4096
/** A file that grew over this in an outage is shrunk once it is empty, in bytes. */
const LARGE = 64 << 20

interface OpenSpool {
  readonly db: DatabaseSync
  readonly insert: StatementSync
  readonly wait: StatementSync
  readonly settle: StatementSync
  readonly remove: StatementSync
  readonly read: StatementSync
  readonly next: StatementSync
  readonly dead: DeadLetterStore
}

/** What was acknowledged and is not delivered yet, in SQLite. */
export class Spool {
  #open: OpenSpool
  #nextId = 1

  /** @throws {Error} if the folder cannot be written, the file is damaged, or another process has it open */
  constructor(private readonly settings: SpoolSettings) {
    this.#open = openFile(settings)
    try {
      this.#findNextId()
      // Walks the tables, so that damage shows here.
      this.total()
      for (const { id } of this.lanes()) this.contents(id)
    } catch (cause) {
      this.#open.db.close()
      throw new Error(`Cannot read the spool in "${settings.dir}": ${errorMessage(cause)}`, { cause })
    }
  }

  #findNextId(): void {
    const last = this.#open.db.prepare(
      "SELECT max(coalesce(max(id), 0), coalesce((SELECT value FROM state WHERE name = 'last_id'), 0)) AS id FROM blocks",
    ).get()
    this.#nextId = Math.max(this.#nextId, Number(last?.['id'] ?? 0) + 1)
  }

  get deadLetters(): DeadLetterStore {
    return this.#open.dead
  }

  /** The number of the lane with this name, which is created if it does not exist. */
  lane(name: string): number {
    const { db } = this.#open
    const find = db.prepare('SELECT id FROM lanes WHERE name = ?')
    const known = find.get(name)
    if (known !== undefined) return Number(known['id'])
    return Number(db.prepare('INSERT INTO lanes (name) VALUES (?)').run(name).lastInsertRowid)
  }

  /** Every lane that it knows. */
  lanes(): StoredLane[] {
    const rows = this.#open.db.prepare('SELECT id, name FROM lanes ORDER BY id').all()
    return rows.map((row) => ({ id: Number(row['id']), name: String(row['name']) }))
  }

  /** Documents and bytes on disk, of all blocks. */
  total(): { documents: number; bytes: number } {
    const row = this.#open.db.prepare(
      'SELECT coalesce(sum(documents), 0) AS documents, coalesce(sum(length(bytes)), 0) AS bytes FROM blocks',
    ).get()
    return { documents: Number(row?.['documents']), bytes: Number(row?.['bytes']) }
  }

  /** What waits for a lane from block `from` on. */
  contents(lane: number, from = 0): LaneContents {
    const row = this.#open.db.prepare(
      `SELECT coalesce(sum(documents), 0) AS documents, coalesce(sum(length(bytes)), 0) AS bytes,
         coalesce(min(id), 0) AS first FROM waiting JOIN blocks ON id = block WHERE block >= ? AND lane = ?`,
    ).get(from, lane)
    return { documents: Number(row?.['documents']), bytes: Number(row?.['bytes']), firstId: Number(row?.['first']) }
  }

  /** When the oldest block was written that waits for a lane, in Unix milliseconds. */
  oldest(lane: number): number | undefined {
    const row = this.#open.db.prepare(
      'SELECT created FROM waiting JOIN blocks ON id = block WHERE lane = ? ORDER BY block LIMIT 1',
    ).get(lane)
    return row === undefined ? undefined : Number(row['created'])
  }

  /** The sizes of the first blocks that wait for a lane from block `from` on, oldest first. */
  sizes(lane: number, from: number, limit: number): { id: number; documents: number; bytes: number }[] {
    const rows = this.#open.db.prepare(
      `SELECT id, documents, length(bytes) AS bytes FROM waiting JOIN blocks ON id = block
         WHERE block >= ? AND lane = ? ORDER BY block LIMIT ?`,
    ).all(from, lane, limit)
    return rows.map((row) => ({
      id: Number(row['id']),
      documents: Number(row['documents']),
      bytes: Number(row['bytes']),
    }))
  }

  /** The id of the first block from `from` on that waits for a lane. */
  next(lane: number, from: number): number | undefined {
    const row = this.#open.next.get(from, lane)
    return row === undefined ? undefined : Number(row['block'])
  }

  /** @throws {Error} if the file is damaged */
  read(id: number): SpoolRow | undefined {
    return rowOf(this.#open.read.get(id))
  }

  /**
   * Writes what came, and deletes what no lane needs, in one transaction. When it returns, both have happened.
   *
   * @param now Unix milliseconds
   * @throws {Error} if the disk is full or gone, or the file is damaged; then neither has happened
   */
  commit({ block, lanes, settled, dead }: SpoolChange, now: number): SpoolRow | undefined {
    return this.#transact(() => {
      const written = block === undefined ? undefined : this.#append(block, lanes, now)
      this.#open.dead.add(dead)
      for (const { lane, rows } of settled) this.#settle(lane, rows)
      return written
    })
  }

  /** Deletes up to `limit` of the blocks that wait for a lane alone, and takes the others off it. @returns documents */
  dropWaiting(lane: number, limit: number): number {
    return this.#transact(() => {
      const rows = this.sizes(lane, 0, limit)
      this.#settle(lane, rows.map(({ id }) => id))
      return rows.reduce((sum, { documents }) => sum + documents, 0)
    })
  }

  /** Puts up to `limit` of the blocks that wait for one lane behind what waits for another. @returns them as new rows */
  moveWaiting(from: number, to: number, limit: number): SpoolRow[] {
    return this.#transact(() => {
      const ids = this.sizes(from, 0, limit).map(({ id }) => id)
      const moved: SpoolRow[] = []
      for (const id of ids) {
        const row = this.read(id)
        if (row !== undefined) moved.push(this.#append(row, [to], row.created))
      }
      this.#settle(from, ids)
      return moved
    })
  }

  /** Takes dead letters out, and writes their documents for a lane. @returns the row; undefined if there are none */
  redrive(
    ids: readonly number[],
    lane: number,
    layOut: (documents: readonly Uint8Array[]) => DocumentBlock,
    now: number,
  ) {
    return this.#transact(() => {
      const letters = ids.map((id) => this.deadLetters.get(id)).filter((letter) => letter !== undefined)
      if (letters.length === 0) return undefined
      this.deadLetters.remove(letters.map(({ id }) => id))
      return this.#append(layOut(letters.map(({ document }) => document)), [lane], now)
    })
  }

  /** Changes dead letters in a transaction. */
  changeDeadLetters<T>(change: (deadLetters: DeadLetterStore) => T): T {
    return this.#transact(() => change(this.deadLetters))
  }

  /** Forgets a lane for which nothing waits. */
  forgetLane(lane: number): void {
    this.#open.db.prepare('DELETE FROM lanes WHERE id = ? AND NOT EXISTS (SELECT 1 FROM waiting WHERE lane = ?)')
      .run(lane, lane)
  }

  /** The totals of a lane's dead letters. */
  deadLetterTotals(lane: number): DeadLetterTotals {
    return this.deadLetters.totals(lane)
  }

  #append(block: DocumentBlock, lanes: readonly number[], created: number): SpoolRow {
    const row = this.#write(block, lanes, this.#nextId, created)
    this.#nextId = row.id + 1
    return row
  }

  #write({ bytes, ends, traces }: DocumentBlock, lanes: readonly number[], id: number, created: number): SpoolRow {
    const compressed = compress(bytes, COMPRESSED_FROM)
    this.#open.insert.run(id, created, ends.length, compressed, bytesOf(ends), bytesOf(traces))
    for (const lane of lanes) this.#open.wait.run(id, lane)
    return { id, created, bytes, ends, traces, stored: compressed.length }
  }

  #settle(lane: number, rows: readonly number[]): void {
    for (const [first, last] of ranges(rows)) {
      this.#open.settle.run(first, last, lane)
      this.#open.remove.run(first, last)
    }
  }

  #transact<T>(fn: () => T): T {
    const { db, dead } = this.#open
    const restore = dead.savepoint()
    const nextId = this.#nextId
    try {
      return transaction(db, fn)
    } catch (error) {
      restore()
      this.#nextId = nextId
      throw error
    }
  }

  /** Returns the disk space that an outage took, once nothing waits any more. */
  shrink(): void {
    const pages = (name: string): number => Number(this.#open.db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
    if (pages('freelist_count') * pages('page_size') > LARGE) {
      this.#open.db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    }
  }

  /** Moves the file away, because it is damaged, and starts an empty one with the same lanes. @returns its new name */
  quarantine(lanes: readonly StoredLane[]): string {
    attempt(() => this.#open.db.close())
    const file = quarantine(spoolFile(this.settings.dir))
    this.#open = openFile(this.settings)
    this.#transact(() => {
      const insert = this.#open.db.prepare('INSERT OR REPLACE INTO lanes (id, name) VALUES (?, ?)')
      for (const { id, name } of lanes) insert.run(id, name)
    })
    return file
  }

  /** Writes rows under the ids that they had. */
  restore(rows: readonly { readonly row: SpoolRow; readonly lanes: readonly number[] }[]): void {
    this.#transact(() => {
      for (const { row, lanes } of rows) this.#write(row, lanes, row.id, row.created)
    })
    this.#findNextId()
  }

  /** Starts an empty file in place of one that holds nothing that is needed, and cannot be written as the disk is full. */
  reset(lanes: readonly StoredLane[]): void {
    attempt(() => this.#open.db.close())
    for (const suffix of ['', '-wal', '-shm']) rmSync(spoolFile(this.settings.dir) + suffix, { force: true })
    this.#open = openFile(this.settings)
    for (const { id, name } of lanes) this.#open.db.prepare('INSERT INTO lanes (id, name) VALUES (?, ?)').run(id, name)
  }

  close(): void {
    // Ids go on over restarts, so that a range of them never means two things.
    attempt(() =>
      this.#open.db.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('last_id', ?)").run(this.#nextId - 1)
    )
    attempt(() => this.#open.db.close())
  }
}

/** The spool's file in a folder. */
export function spoolFile(dir: string): string {
  return dir === IN_MEMORY ? IN_MEMORY : join(dir, 'spool.sqlite')
}

function openFile({ dir, sync }: SpoolSettings): OpenSpool {
  const db = openDatabase(spoolFile(dir), spoolFormat(sync))
  try {
    return {
      db,
      insert: db.prepare(
        'INSERT OR REPLACE INTO blocks (id, created, documents, bytes, ends, traces) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      wait: db.prepare('INSERT OR IGNORE INTO waiting (block, lane) VALUES (?, ?)'),
      settle: db.prepare('DELETE FROM waiting WHERE block BETWEEN ? AND ? AND lane = ?'),
      remove: db.prepare(
        'DELETE FROM blocks WHERE id BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM waiting WHERE block = id)',
      ),
      read: db.prepare('SELECT id, created, bytes, ends, traces FROM blocks WHERE id = ?'),
      next: db.prepare('SELECT block FROM waiting WHERE block >= ? AND lane = ? ORDER BY block LIMIT 1'),
      dead: new DeadLetterStore(db),
    }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Runs of ids that follow each other, as first and last. */
function ranges(ids: readonly number[]): [number, number][] {
  const found: [number, number][] = []
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = found[found.length - 1]
    if (last !== undefined && id <= last[1] + 1) last[1] = id
    else found.push([id, id])
  }
  return found
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}
