import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { attempt } from '../../errors/attempt.ts'
import { errorMessage } from '../../errors/error-message.ts'
import { databaseFault } from '../../sqlite/database-fault.ts'
import { IN_MEMORY, openDatabase } from '../../sqlite/open-database.ts'
import { quarantine } from '../../sqlite/quarantine.ts'
import { transaction } from '../../sqlite/transaction.ts'
import { storeFormat } from './store-format.ts'

/** Bytes of a page, as the format has them; the share of the maximum that the write-ahead log may take, and its bounds. */
const PAGE_BYTES = 16_384
const LOG_SHARE = 1 / 16
const MIN_LOG_PAGES = 256
const MAX_LOG_PAGES = 1000
/** Prepared statements that are kept. */
const MAX_STATEMENTS = 200

/** The database of the local store: a connection that can be replaced, and its prepared statements. */
export class StoreDatabase {
  #db: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  /**
   * Opens the database. One that is damaged is quarantined; where none can be written, it is kept in memory: the store
   * does not keep the agent from starting.
   *
   * @param file a path, or {@link IN_MEMORY}
   * @param maxBytes of the database
   * @param onError called with what was damaged or could not be written
   * @throws {Error} if another process has locked the file
   */
  constructor(private readonly file: string, private readonly maxBytes: number, onError: (error: unknown) => void) {
    this.#db = openOrReplace(file, onError)
    this.#limitLog()
  }

  /** Keeps the write-ahead log small where the maximum is small; with a large one it is written back less often. */
  #limitLog(): void {
    const pages = Math.round(this.maxBytes * LOG_SHARE / PAGE_BYTES)
    const limit = Math.max(MIN_LOG_PAGES, Math.min(MAX_LOG_PAGES, pages))
    this.#db.exec(`PRAGMA wal_autocheckpoint = ${limit}; PRAGMA journal_size_limit = ${2 * limit * PAGE_BYTES}`)
  }

  /**
   * A prepared statement; the same for the same text, since preparing costs more than running.
   *
   * @throws {Error} if `sql` is not SQL
   */
  prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      // Each filter has a text of its own, so there is no end to them.
      if (this.#prepared.size > MAX_STATEMENTS) this.#prepared.clear()
      statement = this.#db.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  /** Runs a function in a write transaction, as {@link transaction} does. */
  transaction<T>(fn: () => T): T {
    return transaction(this.#db, fn)
  }

  /** Bytes in use, without those that deleted rows have left free. */
  bytes(): number {
    const pragma = (name: string): number => Number(this.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  }

  /** Whether an error means that the file must be replaced. */
  isDamagedBy(error: unknown): boolean {
    return this.file !== IN_MEMORY && databaseFault(error) === 'damaged'
  }

  /**
   * Quarantines the file and continues with an empty one, in which the named records are, as far as they can be read.
   *
   * @returns the path of the quarantined file; undefined if there can be no new one, and traces are kept in memory
   */
  replace(): string | undefined {
    const records = attempt(() => this.#db.prepare('SELECT kind, name, value FROM records').all()) ?? []
    attempt(() => this.#db.close())
    this.#prepared.clear()
    const quarantined = attempt(() => quarantine(this.file))
    const created = quarantined === undefined ? undefined : attempt(() => openDatabase(this.file, storeFormat))
    this.#db = created ?? openDatabase(IN_MEMORY, storeFormat)
    this.#limitLog()
    const insert = this.#db.prepare('INSERT INTO records (kind, name, value) VALUES (?, ?, ?)')
    for (const { kind, name, value } of records) insert.run(String(kind), String(name), String(value))
    return created === undefined ? undefined : quarantined
  }

  close(): void {
    this.#db.close()
  }
}

function openOrReplace(file: string, onError: (error: unknown) => void): DatabaseSync {
  try {
    const db = openDatabase(file, storeFormat)
    // Reads the whole index, so that most damage shows at once.
    db.prepare('SELECT count(*) FROM traces').get()
    return db
  } catch (cause) {
    const fault = databaseFault(cause)
    if (fault === 'taken') throw cause
    if (fault === 'damaged' || fault === 'other') {
      const quarantined = attempt(() => quarantine(file))
      const created = quarantined === undefined ? undefined : attempt(() => openDatabase(file, storeFormat))
      if (created !== undefined) {
        onError(new Error(`It cannot be read and was moved to "${quarantined}"; a new one is in use`, { cause }))
        return created
      }
    }
    onError(new Error(`${errorMessage(cause)}; traces are kept in memory until the agent ends`, { cause }))
    return openDatabase(IN_MEMORY, storeFormat)
  }
}
