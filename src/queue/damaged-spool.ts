import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { attempt } from '../errors/attempt.ts'
import { decompress } from '../sqlite/compress.ts'
import { deadLetterOf, type StoredDeadLetter } from './dead-letter-store.ts'
import { readLanes, type StoredLane } from './lane-numbers.ts'
import { readableIds } from './readable-ids.ts'
import { rowOf, type SpoolRow } from './spool-row.ts'

/** A block of a damaged spool. */
export interface RecoveredBlock {
  readonly row: SpoolRow
  /** Its documents as they are on disk. */
  readonly stored: Uint8Array
  /** The lanes that it waits for; undefined if they cannot be read. */
  readonly lanes: readonly number[] | undefined
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads what can be read of a damaged spool, which stays as it is. No method throws. */
export class DamagedSpool {
  /** Blocks that could not be read so far, about; undefined if not even their number is known. */
  unreadable: number | undefined = 0
  readonly #db: DatabaseSync | undefined
  readonly #onlyLaneOf: StatementSync | undefined
  readonly #lanesOf: StatementSync | undefined

  constructor(file: string) {
    this.#db = attempt(() => new DatabaseSync(file, { readOnly: true }))
    this.#onlyLaneOf = this.#prepare('SELECT lane FROM blocks WHERE id = ?')
    this.#lanesOf = this.#prepare('SELECT lane FROM waiting WHERE block = ?')
  }

  /** Its lanes; empty if they cannot be read. */
  lanes(): StoredLane[] {
    return attempt(() => this.#db === undefined ? [] : readLanes(this.#db)) ?? []
  }

  /** The lanes that a block waits for; undefined if they cannot be read. */
  lanesOf(block: number): number[] | undefined {
    const only = attempt(() => this.#onlyLaneOf?.get(block))?.['lane'] ?? undefined
    if (only !== undefined) return [Number(only)]
    const found = attempt(() => this.#lanesOf?.all(block))
    // A block that waits for no lane does not stay, so this says that lanes are missing.
    return found === undefined || found.length === 0 ? undefined : found.map(({ lane }) => Number(lane))
  }

  /** The blocks whose documents are whole, by id. */
  *blocks(): Generator<RecoveredBlock> {
    const read = this.#prepare('SELECT id, created, bytes, ends, traces FROM blocks WHERE id = ?')
    for (const id of this.#ids('blocks', (lost) => this.#missed(lost))) {
      const block = attempt(() => this.#block(read?.get(id)))
      if (block === undefined) this.#missed(1)
      else yield block
    }
  }

  #block(columns: Record<string, unknown> | undefined): RecoveredBlock | undefined {
    const row = rowOf(columns)
    const stored = columns?.['bytes']
    if (row === undefined || !(stored instanceof Uint8Array) || !isWhole(row)) return undefined
    return { row, stored, lanes: this.lanesOf(row.id) }
  }

  /** The dead letters that are whole, by id, with their documents as they are on disk. */
  *deadLetters(): Generator<StoredDeadLetter> {
    // Older versions, and damage, have fewer columns.
    const read = this.#prepare('SELECT * FROM dead_letters WHERE id = ?')
    for (const id of this.#ids('dead_letters', () => {})) {
      const row = attempt(() => read?.get(id))
      if (row === undefined) continue
      const deadLetter = deadLetterOf(row)
      if (isText(deadLetter.document)) yield deadLetter
    }
  }

  /** The greatest id of a dead letter; undefined if it cannot be read. */
  lastDeadLetter(): number | undefined {
    const row = attempt(() => this.#db?.prepare('SELECT max(id) AS id FROM dead_letters').get())
    return row === undefined ? undefined : Number(row['id'] ?? 0)
  }

  close(): void {
    attempt(() => this.#db?.close())
  }

  #missed(blocks: number | undefined): void {
    this.unreadable = this.unreadable === undefined || blocks === undefined ? undefined : this.unreadable + blocks
  }

  #ids(table: string, onLost: (count: number | undefined) => void): Iterable<number> {
    const next = this.#prepare(`SELECT id FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`)
    if (next !== undefined) return readableIds((from) => numberOf(next.get(from)?.['id']), onLost)
    onLost(undefined)
    return []
  }

  #prepare(sql: string): StatementSync | undefined {
    return attempt(() => this.#db?.prepare(sql))
  }
}

function numberOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value)
}

/** SQLite has no checksums, so a row may be read and yet be garbage. */
function isText(document: Uint8Array): boolean {
  return attempt(() => typeof JSON.parse(decoder.decode(decompress(document))) === 'string') ?? false
}

/** True if a block is not garbage. What was compressed has a checksum, which was compared. @throws {Error} if it is not UTF-8 or JSON */
function isWhole({ bytes, ends, stored }: SpoolRow): boolean {
  if (stored < bytes.length) return true
  const documents: unknown[] = JSON.parse(`[${decoder.decode(bytes)}]`)
  return documents.length === ends.length && documents.every((document) => typeof document === 'string')
}
