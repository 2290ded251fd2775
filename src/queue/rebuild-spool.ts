import { renameSync, rmSync } from 'node:fs'
import { attempt } from '../errors/attempt.ts'
import { databaseFault } from '../sqlite/database-fault.ts'
import { openDatabase } from '../sqlite/open-database.ts'
import { quarantine } from '../sqlite/quarantine.ts'
import { transaction } from '../sqlite/transaction.ts'
import type { QuarantinedSpool } from '../telemetry/events.ts'
import { DamagedSpool, type RecoveredBlock } from './damaged-spool.ts'
import type { DeadLetter, StoredDeadLetter } from './dead-letter-store.ts'
import { type StoredLane, writeLanes } from './lane-numbers.ts'
import { insertBlock, prepareStatements, rebuiltPath, type SpoolFile } from './spool-file.ts'
import { spoolFormat } from './spool-format.ts'
import { type SpoolRow, type StoredBlock, storedBlock } from './spool-row.ts'

/** What a spool is rebuilt from, besides what can be read of the damaged one. */
export interface RebuildSource {
  /** The last id that was used for a block; 0 if it is not known. */
  readonly lastId: number
  /** Blocks in memory, which need not be read. */
  readonly held: readonly SpoolRow[]
  /** Dead letters that were not written yet. */
  readonly deadLetters: readonly DeadLetter[]
  /** Every lane that the new spool has. @param read those that can be read; they keep their numbers */
  readonly lanes: (read: readonly StoredLane[]) => readonly StoredLane[]
  /** The lanes that still need a block. @param read those that the damaged spool has; undefined if it cannot be read */
  readonly lanesOf: (block: number, read: readonly number[] | undefined) => readonly number[]
}

/** If the ids of dead letters cannot be read, no readable one has an id greater than this. */
const UNUSED_DEAD_LETTER = 1_000_000_000

/** What is written in one transaction at most: blocks or dead letters, and their bytes. */
const CHUNK = { rows: 5000, bytes: 4 << 20 }

/**
 * Puts a new spool in the place of a damaged one: what is in memory, what can be read of the damaged one, under the same
 * ids, and its dead letters. The damaged one is moved away once the new one is complete. If the disk is too full for all
 * of it, the rest is only in the damaged one.
 *
 * @param path the spool's file; it must not be open
 * @throws {Error} if not even what is in memory can be written; then the damaged one is where it was
 */
export function rebuildSpool(path: string, source: RebuildSource): QuarantinedSpool {
  const rebuilt = rebuiltPath(path)
  rmSync(rebuilt, { force: true })
  const damaged = new DamagedSpool(path)
  let written: Omit<QuarantinedSpool, 'file'>
  try {
    written = write(rebuilt, damaged, source)
  } catch (error) {
    attempt(() => rmSync(rebuilt, { force: true }))
    throw error
  } finally {
    damaged.close()
  }
  const file = quarantine(path)
  renameSync(rebuilt, path)
  return { file, ...written }
}

function write(path: string, damaged: DamagedSpool, source: RebuildSource): Omit<QuarantinedSpool, 'file'> {
  const db = openDatabase(path, spoolFormat('full', 'MEMORY'))
  try {
    const rebuild = new Rebuild(prepareStatements(db), damaged, source)
    rebuild.writeHeld()
    const isComplete = rebuild.copyReadable()
    return { recovered: rebuild.recovered, unreadable: isComplete ? damaged.unreadable : undefined }
  } finally {
    db.close()
  }
}

class Rebuild {
  /** Blocks that were written. */
  recovered = 0
  readonly #lanes: readonly StoredLane[]
  readonly #held: ReadonlySet<number>

  constructor(
    private readonly file: SpoolFile,
    private readonly damaged: DamagedSpool,
    private readonly source: RebuildSource,
  ) {
    this.#lanes = source.lanes(damaged.lanes())
    this.#held = new Set(source.held.map(({ id }) => id))
  }

  writeHeld(): void {
    const { file, damaged, source } = this
    transaction(file.db, () => {
      writeLanes(file.db, this.#lanes, source.lastId)
      const last = damaged.lastDeadLetter() ?? UNUSED_DEAD_LETTER
      file.deadLetters.restore(source.deadLetters.map((entry, i) => ({ ...entry, id: last + 1 + i })))
      for (const row of source.held) this.#write(row, storedBlock(row), damaged.lanesOf(row.id))
    })
  }

  /** @returns false if the disk is full before all is copied */
  copyReadable(): boolean {
    try {
      inChunks(this.damaged.blocks(), ({ stored }) => stored.length, (blocks) => this.#copy(blocks))
      inChunks(
        this.damaged.deadLetters(),
        ({ document }) => document.length,
        (deadLetters) =>
          transaction(
            this.file.db,
            () => this.file.deadLetters.restore(deadLetters.map((entry) => this.#withLane(entry))),
          ),
      )
      return true
    } catch (error) {
      if (databaseFault(error) !== 'full') throw error
      return false
    }
  }

  #copy(blocks: readonly RecoveredBlock[]): void {
    const { recovered } = this
    try {
      transaction(this.file.db, () => {
        for (const { row, stored, lanes } of blocks) {
          if (!this.#held.has(row.id)) this.#write(row, storedBlock(row, stored), lanes)
        }
      })
    } catch (error) {
      this.recovered = recovered
      throw error
    }
  }

  #write(row: SpoolRow, stored: StoredBlock, read: readonly number[] | undefined): void {
    const lanes = this.source.lanesOf(row.id, read)
    if (lanes.length === 0) return
    insertBlock(this.file, row, stored, lanes)
    this.recovered++
  }

  /** A dead letter of a lane that is not known becomes one of the first lane. */
  #withLane(deadLetter: StoredDeadLetter): StoredDeadLetter {
    const [first] = this.#lanes
    if (first === undefined || this.#lanes.some(({ id }) => id === deadLetter.lane)) return deadLetter
    return { ...deadLetter, lane: first.id }
  }
}

/** Calls `onChunk` with as many items at once as may be written in one transaction. */
function inChunks<T>(items: Iterable<T>, sizeOf: (item: T) => number, onChunk: (chunk: readonly T[]) => void): void {
  let chunk: T[] = []
  let bytes = 0
  for (const item of items) {
    chunk.push(item)
    bytes += sizeOf(item)
    if (chunk.length < CHUNK.rows && bytes < CHUNK.bytes) continue
    onChunk(chunk)
    chunk = []
    bytes = 0
  }
  if (chunk.length > 0) onChunk(chunk)
}
