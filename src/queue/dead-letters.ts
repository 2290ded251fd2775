import type { DatabaseSync } from 'node:sqlite'

/** Why a document became a dead letter. */
export type DeathReason = 'refused' | 'unprocessed' | 'too-old'

/** A document that is not sent any more, unless a person asks for it. */
export interface DeadLetter {
  /** Unix milliseconds. */
  readonly time: number
  readonly reason: DeathReason
  /** What the destination said. */
  readonly message: string
  /** In embedded form, with its quotes. */
  readonly document: Uint8Array
}

/** A dead letter as it is kept. */
export interface KeptLetter extends Omit<DeadLetter, 'reason'> {
  readonly id: number
  readonly reason: string
}

/** The spool's table of dead letters. The oldest give way when there are too many. */
export class DeadLetters {
  count: number
  /** Bytes of their documents. */
  bytes: number

  constructor(private readonly db: DatabaseSync) {
    const row = db.prepare('SELECT count(*) AS count, coalesce(sum(length(document)), 0) AS bytes FROM dead_letters')
      .get()
    this.count = Number(row?.['count'])
    this.bytes = Number(row?.['bytes'])
  }

  /** Adds letters within the transaction that is open. */
  add(letters: readonly DeadLetter[]): void {
    if (letters.length === 0) return
    const insert = this.db.prepare('INSERT INTO dead_letters (time, reason, message, document) VALUES (?, ?, ?, ?)')
    for (const { time, reason, message, document } of letters) {
      insert.run(time, reason, message, document)
      this.count++
      this.bytes += document.length
    }
  }

  /** Removes the oldest until at most `maxBytes` are kept; gives how many went. */
  trim(maxBytes: number): number {
    let gone = 0
    while (this.bytes > maxBytes) {
      const ids = this.list(0, 100).map(({ id }) => id)
      for (const id of ids) {
        if (this.bytes <= maxBytes) break
        gone += this.remove([id])
      }
    }
    return gone
  }

  /** At most `limit` letters whose id is greater than `after`, oldest first. */
  list(after: number, limit: number): KeptLetter[] {
    return this.db.prepare(
      'SELECT id, time, reason, message, document FROM dead_letters WHERE id > ? ORDER BY id LIMIT ?',
    ).all(after, limit).map(letterOf)
  }

  get(id: number): KeptLetter | undefined {
    const row = this.db.prepare('SELECT id, time, reason, message, document FROM dead_letters WHERE id = ?').get(id)
    return row === undefined ? undefined : letterOf(row)
  }

  /** Gives how many of them were there. */
  remove(ids: readonly number[]): number {
    const one = this.db.prepare('DELETE FROM dead_letters WHERE id = ? RETURNING length(document) AS bytes')
    let gone = 0
    for (const id of ids) {
      const row = one.get(id)
      if (row === undefined) continue
      gone++
      this.count--
      this.bytes -= Number(row['bytes'])
    }
    return gone
  }
}

function letterOf(row: Record<string, unknown>): KeptLetter {
  const { document } = row
  return {
    id: Number(row['id']),
    time: Number(row['time']),
    reason: String(row['reason']),
    message: String(row['message']),
    document: document instanceof Uint8Array ? document : new Uint8Array(0),
  }
}
