import { errorMessage } from '../errors/error-message.ts'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { DocumentBlock } from '../component/batch.ts'
import { type DeadLetter, DeadLetters } from './dead-letters.ts'
import { migrateSpool } from './migrate-spool.ts'
import { attempt } from '../errors/attempt.ts'
import { compress } from '../sqlite/compress.ts'
import { recover } from './recover.ts'
import { rowOf, type SpoolRow } from './spool-row.ts'
import { databaseFault } from '../sqlite/database-fault.ts'

/** How the spool is kept. */
export interface SpoolSettings {
  /** The folder, which is made if it is not there; `:memory:` keeps it in memory only. */
  readonly dir: string
  /** `full` survives a loss of power, `normal` the end of the process at any instant. */
  readonly sync: 'normal' | 'full'
  /** Bytes of dead letters that are kept at most. */
  readonly maxDeadBytes: number
}

/** What became of a spool that was set aside. */
export interface SetAside {
  readonly file: string
  /** Rows that were read of it, and kept. */
  readonly saved: number
  /** Rows that could not be read; undefined if it cannot be told. */
  readonly unreadable: number | undefined
}

/** The folder that keeps nothing on disk. */
export const IN_MEMORY = ':memory:'
/** Smaller blocks are not worth packing, in bytes. */
const PACKED_FROM = 4096
/** A file that grew over this in an outage is made small again once it is empty, in bytes. */
const LARGE = 64 << 20

interface OpenSpool {
  readonly db: DatabaseSync
  readonly insert: StatementSync
  readonly remove: StatementSync
  readonly read: StatementSync
  readonly dead: DeadLetters
}

/**
 * What was acknowledged and is not delivered yet, in SQLite. Pages of 32 KB cost half of what those of 4 KB do; the lock
 * is exclusive, so that a second agent on the same folder refuses to start.
 */
export class Spool {
  #open: OpenSpool
  #nextId = 1

  /** @throws {Error} if the folder cannot be written, the file is damaged, or another process has it */
  constructor(private readonly settings: SpoolSettings) {
    this.#open = openFile(settings)
    try {
      this.#findNextId()
      // Walks the whole table, so that damage shows here.
      this.contents()
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

  get deadLetters(): DeadLetters {
    return this.#open.dead
  }

  /** What lies there from id `from` on: how many documents and bytes on disk, and the first id. */
  contents(from = 0): { documents: number; bytes: number; firstId: number } {
    const row = this.#open.db.prepare(
      'SELECT coalesce(sum(documents), 0) AS documents, coalesce(sum(length(bytes)), 0) AS bytes, coalesce(min(id), 0) AS first FROM blocks WHERE id >= ?',
    ).get(from)
    return { documents: Number(row?.['documents']), bytes: Number(row?.['bytes']), firstId: Number(row?.['first']) }
  }

  /**
   * Writes what came, and deletes what went, in one transaction. When it returns, both have happened.
   *
   * @param gone ids of delivered rows
   * @throws {Error} if the disk is full or gone, or the file is damaged; then neither has happened
   */
  commit(
    block: DocumentBlock | undefined,
    gone: readonly number[],
    dead: readonly DeadLetter[],
    now: number,
  ): SpoolRow | undefined {
    const row = this.#atomically(() => {
      const written = block === undefined ? undefined : this.#write(block, this.#nextId, now)
      this.#open.dead.add(dead)
      for (const [first, last] of ranges(gone)) this.#open.remove.run(first, last)
      return written
    })
    if (row !== undefined) this.#nextId = row.id + 1
    return row
  }

  /** Takes letters out and puts their documents into a block of their own, which is written. Gives nothing if there are none. */
  revive(ids: readonly number[], blockOf: (documents: readonly Uint8Array[]) => DocumentBlock): SpoolRow | undefined {
    const row = this.#atomically(() => {
      const letters = ids.map((id) => this.deadLetters.get(id)).filter((letter) => letter !== undefined)
      if (letters.length === 0) return undefined
      this.deadLetters.remove(letters.map(({ id }) => id))
      const block = blockOf(letters.map(({ document }) => document))
      return this.#write(block, this.#nextId, Date.now())
    })
    if (row !== undefined) this.#nextId = row.id + 1
    return row
  }

  #write({ bytes, ends, traces }: DocumentBlock, id: number, created: number): SpoolRow {
    const packed = compress(bytes, PACKED_FROM)
    this.#open.insert.run(id, created, ends.length, packed, bytesOf(ends), bytesOf(traces))
    return { id, created, bytes, ends, traces, stored: packed.length }
  }

  #atomically<T>(act: () => T): T {
    const { db, dead } = this.#open
    const { count, bytes } = dead
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = act()
      db.exec('COMMIT')
      return result
    } catch (error) {
      dead.count = count
      dead.bytes = bytes
      // A full disk ends the transaction by itself.
      attempt(() => db.exec('ROLLBACK'))
      throw error
    }
  }

  /** Removes the oldest dead letters that are over the bound; gives how many went. */
  trimDeadLetters(): number {
    const { maxDeadBytes } = this.settings
    return this.deadLetters.bytes > maxDeadBytes ? this.#atomically(() => this.deadLetters.trim(maxDeadBytes)) : 0
  }

  /** Forgets dead letters, and gives how many of them were there. */
  dropDeadLetters(ids: readonly number[]): number {
    return this.#atomically(() => this.deadLetters.remove(ids))
  }

  /** The first row whose id is `id` or more. @throws {Error} if the file is damaged */
  read(id: number): SpoolRow | undefined {
    return rowOf(this.#open.read.get(id))
  }

  /** Gives the disk back what an outage took, if nothing waits any more. */
  shrink(): void {
    const pages = (name: string): number => Number(this.#open.db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
    if (pages('freelist_count') * pages('page_size') > LARGE) {
      this.#open.db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    }
  }

  /**
   * Sets the file aside, because it is damaged, and starts a new one with what can be read of the old one.
   *
   * @param held rows that are in memory, and need not be read
   * @param isWaiting tells of a row that can be read whether it is still wanted
   */
  renew(held: readonly SpoolRow[], isWaiting: (id: number) => boolean): SetAside {
    attempt(() => this.#open.db.close())
    const aside = setAside(this.settings.dir)
    const { rows, unreadable } = recover(aside)
    this.#open = openFile(this.settings)
    const known = new Set(held.map(({ id }) => id))
    const kept = [...held, ...rows.filter(({ id }) => !known.has(id) && isWaiting(id))]
    this.#open.db.exec('BEGIN IMMEDIATE')
    for (const row of kept) this.#write(row, row.id, row.created)
    this.#open.db.exec('COMMIT')
    this.#findNextId()
    return { file: aside, saved: kept.length, unreadable }
  }

  /** Starts a new file in place of one that holds nothing that is wanted, and cannot be written as the disk is full. */
  startAnew(): void {
    attempt(() => this.#open.db.close())
    for (const suffix of ['', '-wal', '-shm']) rmSync(spoolFile(this.settings.dir) + suffix, { force: true })
    this.#open = openFile(this.settings)
  }

  close(): void {
    // Ids go on over restarts, so that a range of them never means two things.
    attempt(() =>
      this.#open.db.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('last_id', ?)").run(this.#nextId - 1)
    )
    attempt(() => this.#open.db.close())
  }
}

/** Moves a damaged spool away, where a person finds it; gives its new name. */
export function setAside(dir: string): string {
  const file = spoolFile(dir)
  const stamp = new Date().toISOString().replace(/[:.]/g, '')
  let aside = `${file}.broken-${stamp}`
  for (let i = 2; existsSync(aside); i++) aside = `${file}.broken-${stamp}-${i}`
  renameSync(file, aside)
  for (const suffix of ['-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  return aside
}

function spoolFile(dir: string): string {
  return dir === IN_MEMORY ? IN_MEMORY : join(dir, 'spool.sqlite')
}

function openFile({ dir, sync }: SpoolSettings): OpenSpool {
  const file = spoolFile(dir)
  let db: DatabaseSync | undefined
  try {
    if (dir !== IN_MEMORY) mkdirSync(dir, { recursive: true, mode: 0o750 })
    db = new DatabaseSync(file)
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 32768; PRAGMA journal_mode = WAL')
    db.exec(`PRAGMA synchronous = ${sync === 'full' ? 'FULL' : 'NORMAL'}`)
    db.exec('PRAGMA wal_autocheckpoint = 512; PRAGMA cache_size = -12288')
    // The lock is taken by the first write.
    db.exec('BEGIN IMMEDIATE; COMMIT')
    migrateSpool(db)
    return {
      db,
      insert: db.prepare(
        'INSERT OR REPLACE INTO blocks (id, created, documents, bytes, ends, traces) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      remove: db.prepare('DELETE FROM blocks WHERE id BETWEEN ? AND ?'),
      read: db.prepare('SELECT id, created, bytes, ends, traces FROM blocks WHERE id >= ? ORDER BY id LIMIT 1'),
      dead: new DeadLetters(db),
    }
  } catch (cause) {
    attempt(() => db?.close())
    const reason = errorMessage(cause)
    const why = databaseFault(cause) === 'taken'
      ? 'another rontgen has it open (it is locked); give this one a queue.dir of its own'
      : reason
    throw new Error(`Cannot open the spool "${file}": ${why}`, { cause })
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
