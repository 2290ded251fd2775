import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { DocumentBlock } from '../segment/document-group.ts'

/** A block of documents as the spool keeps it. */
export interface SpoolRow extends DocumentBlock {
  readonly id: number
  /** Unix milliseconds. */
  readonly created: number
}

/** How the spool is kept. */
export interface SpoolSettings {
  /** The folder; it is made if it is not there. */
  readonly dir: string
  /** `full` survives a loss of power, `normal` the end of the process at any instant. */
  readonly sync: 'normal' | 'full'
}

/** A document that AWS refused for good. */
export interface DeadLetter {
  /** Unix milliseconds. */
  readonly time: number
  readonly reason: string
  /** In embedded form, with its quotes. */
  readonly document: Uint8Array
}

const SCHEMA = 1

/**
 * What was acknowledged and is not delivered yet, in SQLite. Pages of 32 KB cost half of what those of 4 KB do; the lock
 * is exclusive, so that a second agent on the same folder refuses to start.
 */
export class Spool {
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  readonly #remove: StatementSync
  readonly #read: StatementSync
  readonly #bury: StatementSync
  #nextId: number

  /** @throws {Error} if the folder cannot be written, or another process has it */
  constructor(settings: SpoolSettings) {
    this.#db = open(settings)
    this.#insert = this.#db.prepare(
      'INSERT INTO blocks (id, created, documents, bytes, ends, traces) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#remove = this.#db.prepare('DELETE FROM blocks WHERE id BETWEEN ? AND ?')
    this.#read = this.#db.prepare(
      'SELECT id, created, bytes, ends, traces FROM blocks WHERE id >= ? ORDER BY id LIMIT 1',
    )
    this.#bury = this.#db.prepare('INSERT INTO dead_letters (time, reason, document) VALUES (?, ?, ?)')
    const last = this.#db.prepare(
      "SELECT max(coalesce(max(id), 0), coalesce((SELECT value FROM state WHERE name = 'last_id'), 0)) AS id FROM blocks",
    ).get()
    this.#nextId = numberOf(last?.['id']) + 1
  }

  /** What lies there, from an earlier run: how many blocks, documents and bytes, and the first id. */
  contents(): { blocks: number; documents: number; bytes: number; firstId: number } {
    const row = this.#db.prepare(
      'SELECT count(*) AS blocks, coalesce(sum(documents), 0) AS documents, coalesce(sum(length(bytes)), 0) AS bytes, coalesce(min(id), 0) AS first FROM blocks',
    ).get()
    return {
      blocks: numberOf(row?.['blocks']),
      documents: numberOf(row?.['documents']),
      bytes: numberOf(row?.['bytes']),
      firstId: numberOf(row?.['first']),
    }
  }

  /**
   * Writes what came, and deletes what went, in one transaction. When it returns, both have happened.
   *
   * @param gone ids of delivered rows
   * @throws {Error} if the disk is full or gone; then neither has happened
   */
  commit(
    block: DocumentBlock | undefined,
    gone: readonly number[],
    dead: readonly DeadLetter[],
    now: number,
  ): SpoolRow | undefined {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      let row: SpoolRow | undefined
      if (block !== undefined) {
        row = { ...block, id: this.#nextId, created: now }
        this.#insert.run(row.id, now, block.ends.length, block.bytes, bytesOf(block.ends), bytesOf(block.traces))
      }
      for (const letter of dead) this.#bury.run(letter.time, letter.reason, letter.document)
      for (const [first, last] of ranges(gone)) this.#remove.run(first, last)
      this.#db.exec('COMMIT')
      if (row !== undefined) this.#nextId++
      return row
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK')
    } catch {
      // A full disk ends the transaction by itself.
    }
  }

  /** The first row whose id is `id` or more. */
  read(id: number): SpoolRow | undefined {
    const row = this.#read.get(id)
    if (row === undefined) return undefined
    const [bytes, ends, traces] = [row['bytes'], row['ends'], row['traces']]
    if (!(bytes instanceof Uint8Array) || !(ends instanceof Uint8Array) || !(traces instanceof Uint8Array)) {
      throw new Error(`Cannot read row ${String(row['id'])} of the spool: its columns are of the wrong type`)
    }
    return {
      id: numberOf(row['id']),
      created: numberOf(row['created']),
      bytes,
      ends: wordsOf(ends),
      traces: wordsOf(traces),
    }
  }

  close(): void {
    // Ids go on over restarts, so that a range of them never means two things.
    this.#db.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('last_id', ?)").run(this.#nextId - 1)
    this.#db.close()
  }
}

function open({ dir, sync }: SpoolSettings): DatabaseSync {
  const file = join(dir, 'spool.sqlite')
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 })
    const db = new DatabaseSync(file)
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 32768; PRAGMA journal_mode = WAL')
    db.exec(
      `PRAGMA synchronous = ${
        sync === 'full' ? 'FULL' : 'NORMAL'
      }; PRAGMA wal_autocheckpoint = 512; PRAGMA cache_size = -12288`,
    )
    db.exec('BEGIN IMMEDIATE')
    const version = numberOf(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (version > SCHEMA) throw new Error(`it is of version ${version}, this rontgen reads up to ${SCHEMA}`)
    db.exec(
      'CREATE TABLE IF NOT EXISTS blocks (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, documents INTEGER NOT NULL, bytes BLOB NOT NULL, ends BLOB NOT NULL, traces BLOB NOT NULL)',
    )
    db.exec(
      'CREATE TABLE IF NOT EXISTS dead_letters (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, reason TEXT NOT NULL, document BLOB NOT NULL)',
    )
    db.exec('CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL)')
    db.exec(`PRAGMA user_version = ${SCHEMA}`)
    db.exec('COMMIT')
    return db
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const why = /locked|busy/i.test(reason)
      ? 'another rontgen has it open; give this one a queue.dir of its own'
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

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}

function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0
}
