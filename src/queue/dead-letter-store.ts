import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { compress, decompress } from '../sqlite/compress.ts'

/** Why a document became a dead letter. */
export type DeadLetterReason = 'rejected' | 'unprocessed' | 'too-old'

/** A document that is not sent any more, unless a person asks for it. */
export interface DeadLetter {
  /** The lane that could not deliver it. */
  readonly lane: number
  /** Unix milliseconds. */
  readonly time: number
  readonly reason: DeadLetterReason
  /** What the backend answered. */
  readonly message: string
  /** A JSON string, with its quotes; it may be compressed by {@link compressDeadLetter} until it is read. */
  readonly document: Uint8Array
}

/** A dead letter as it is stored. */
export interface StoredDeadLetter extends Omit<DeadLetter, 'reason'> {
  readonly id: number
  readonly reason: string
}

/** How many dead letters a lane has. */
export interface DeadLetterTotals {
  readonly count: number
  /** Bytes of their documents on disk. */
  readonly bytes: number
}

/** Smaller documents are not worth compressing, in bytes. */
const MIN_COMPRESSED_BYTES = 512

/** The document of a dead letter for the disk. @returns a copy */
export function compressDeadLetter(document: Uint8Array): Uint8Array {
  const compressed = compress(document, MIN_COMPRESSED_BYTES)
  return compressed === document ? document.slice() : compressed
}

const none: DeadLetterTotals = { count: 0, bytes: 0 }
const COLUMNS = 'id, lane, time, reason, message, document'
/** Dead letters that are read at once to find the oldest. */
const CHUNK = 100

/** The spool's table of dead letters. Its methods run within the transaction that is open. */
export class DeadLetterStore {
  #totals = new Map<number, DeadLetterTotals>()
  readonly #get: StatementSync
  readonly #laneOf: StatementSync

  constructor(private readonly db: DatabaseSync) {
    this.#get = db.prepare(`SELECT ${COLUMNS} FROM dead_letters WHERE id = ?`)
    this.#laneOf = db.prepare('SELECT lane FROM dead_letters WHERE id = ?')
    const rows = db.prepare(
      'SELECT lane, count(*) AS count, sum(length(document)) AS bytes FROM dead_letters GROUP BY lane',
    )
    for (const row of rows.all()) {
      this.#totals.set(Number(row['lane']), { count: Number(row['count']), bytes: Number(row['bytes']) })
    }
  }

  /** The totals of a lane. */
  totals(lane: number): DeadLetterTotals {
    return this.#totals.get(lane) ?? none
  }

  /** How many there are, of all lanes. */
  get count(): number {
    return [...this.#totals.values()].reduce((sum, { count }) => sum + count, 0)
  }

  /** Remembers the totals. @returns what restores them after a rollback */
  savepoint(): () => void {
    const totals = new Map(this.#totals)
    return () => void (this.#totals = totals)
  }

  add(deadLetters: readonly DeadLetter[]): void {
    if (deadLetters.length === 0) return
    const insert = this.#insert()
    for (const deadLetter of deadLetters) this.#add(insert, null, deadLetter)
  }

  /** Adds dead letters under the ids that they had. */
  restore(deadLetters: readonly StoredDeadLetter[]): void {
    const insert = this.#insert()
    for (const deadLetter of deadLetters) this.#add(insert, deadLetter.id, deadLetter)
  }

  #insert(): StatementSync {
    return this.db.prepare(`INSERT INTO dead_letters (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`)
  }

  #add(
    insert: StatementSync,
    id: number | null,
    { lane, time, reason, message, document }: DeadLetter | StoredDeadLetter,
  ): void {
    insert.run(id, lane, time, reason, message, document)
    this.#count(lane, 1, document.length)
  }

  /** Removes the oldest of a lane until at most `maxBytes` are left. @returns how many went */
  trim(lane: number, maxBytes: number): number {
    let removed = 0
    const oldest = this.db.prepare('SELECT id FROM dead_letters WHERE lane = ? ORDER BY id LIMIT ?')
    for (let rows = oldest.all(lane, CHUNK); rows.length > 0; rows = oldest.all(lane, CHUNK)) {
      for (const row of rows) {
        if (this.totals(lane).bytes <= maxBytes) return removed
        removed += this.remove([Number(row['id'])])
      }
    }
    return removed
  }

  /** At most `limit` dead letters whose id is greater than `after`, oldest first. */
  list(after: number, limit: number): StoredDeadLetter[] {
    return this.db.prepare(`SELECT ${COLUMNS} FROM dead_letters WHERE id > ? ORDER BY id LIMIT ?`)
      .all(after, limit).map((row) => readable(deadLetterOf(row)))
  }

  /** All of them, with their documents as they are on disk. */
  listStored(): StoredDeadLetter[] {
    return this.db.prepare(`SELECT ${COLUMNS} FROM dead_letters ORDER BY id`).all().map(deadLetterOf)
  }

  get(id: number): StoredDeadLetter | undefined {
    const row = this.#get.get(id)
    return row === undefined ? undefined : readable(deadLetterOf(row))
  }

  /** At most `limit` ids greater than `after`, in order. */
  ids(after: number, limit: number): number[] {
    const rows = this.db.prepare('SELECT id FROM dead_letters WHERE id > ? ORDER BY id LIMIT ?').all(after, limit)
    return rows.map(({ id }) => Number(id))
  }

  /** The greatest id; 0 if there is no dead letter. */
  get lastId(): number {
    return Number(this.db.prepare('SELECT max(id) AS id FROM dead_letters').get()?.['id'] ?? 0)
  }

  /** The lane of a dead letter; undefined if it does not exist. */
  laneOf(id: number): number | undefined {
    const row = this.#laneOf.get(id)
    return row === undefined ? undefined : Number(row['lane'])
  }

  /** @returns how many of them there were */
  remove(ids: readonly number[]): number {
    const remove = this.db.prepare('DELETE FROM dead_letters WHERE id = ? RETURNING lane, length(document) AS bytes')
    let removed = 0
    for (const id of ids) {
      const row = remove.get(id)
      if (row === undefined) continue
      removed++
      this.#count(Number(row['lane']), -1, -Number(row['bytes']))
    }
    return removed
  }

  /** Removes those of a lane. @returns how many there were */
  removeLane(lane: number): number {
    const { count } = this.totals(lane)
    if (count > 0) this.db.prepare('DELETE FROM dead_letters WHERE lane = ?').run(lane)
    this.#totals.delete(lane)
    return count
  }

  /** Makes those of a lane the ones of another lane. */
  moveLane(from: number, to: number): void {
    const { count, bytes } = this.totals(from)
    if (count === 0) return
    this.db.prepare('UPDATE dead_letters SET lane = ? WHERE lane = ?').run(to, from)
    this.#totals.delete(from)
    this.#count(to, count, bytes)
  }

  #count(lane: number, count: number, bytes: number): void {
    const known = this.totals(lane)
    this.#totals.set(lane, { count: known.count + count, bytes: known.bytes + bytes })
  }
}

/** Decompresses the document. @throws {Error} if it is damaged */
function readable(deadLetter: StoredDeadLetter): StoredDeadLetter {
  return { ...deadLetter, document: decompress(deadLetter.document) }
}

/** Types a row of the table, whose document is as it is on disk; in that of an older version columns are missing, and the lane is NaN. */
export function deadLetterOf(row: Record<string, unknown>): StoredDeadLetter {
  const { document } = row
  return {
    id: Number(row['id']),
    lane: Number(row['lane']),
    time: Number(row['time']),
    reason: String(row['reason']),
    message: String(row['message'] ?? ''),
    document: document instanceof Uint8Array ? document : new Uint8Array(0),
  }
}
