import type { DatabaseSync } from 'node:sqlite'

/** A lane that the spool knows, whether or not an exporter of its name is configured. */
export interface StoredLane {
  readonly id: number
  readonly name: string
}

/**
 * The numbers of lanes by name. A new one is in memory first and written by the next transaction, so that a full disk
 * keeps no exporter from starting. While the spool is open, no number is used twice.
 */
export class LaneNumbers {
  #lanes: StoredLane[] = []
  #unwritten: readonly StoredLane[] = []
  #next = 1

  /** Every lane, by number. */
  get list(): readonly StoredLane[] {
    return this.#lanes
  }

  /** The number of the lane with this name, which is created if it does not exist. */
  of(name: string): number {
    const known = this.#lanes.find((lane) => lane.name === name)
    if (known !== undefined) return known.id
    const lane = { id: this.#next++, name }
    this.#lanes = [...this.#lanes, lane]
    this.#unwritten = [...this.#unwritten, lane]
    return lane.id
  }

  /** Reads the lanes of a file that was opened; those that it does not have are written to it. */
  load(db: DatabaseSync): void {
    const stored = readLanes(db)
    const isStored = (lane: StoredLane): boolean => stored.some(({ id }) => id === lane.id)
    this.#unwritten = this.#lanes.filter((lane) => !isStored(lane))
    this.#lanes = [...stored, ...this.#unwritten].sort((a, b) => a.id - b.id)
    this.#next = Math.max(this.#next, 1 + Math.max(0, ...this.#lanes.map(({ id }) => id)))
  }

  /** Writes those that are not in the file, in the transaction that is open. {@link committed} must follow. */
  write(db: DatabaseSync): void {
    if (this.#unwritten.length === 0) return
    const insert = db.prepare('INSERT INTO lanes (id, name) VALUES (?, ?)')
    for (const { id, name } of this.#unwritten) insert.run(id, name)
  }

  /** The transaction was committed. */
  committed(): void {
    if (this.#unwritten.length > 0) this.#unwritten = []
  }

  /** Forgets a lane that was deleted from the file. */
  forget(lane: number): void {
    this.#lanes = this.#lanes.filter(({ id }) => id !== lane)
    this.#unwritten = this.#unwritten.filter(({ id }) => id !== lane)
  }
}

/** The lanes in a spool's file. @throws {Error} if the file is damaged */
export function readLanes(db: DatabaseSync): StoredLane[] {
  const rows = db.prepare('SELECT id, name FROM lanes ORDER BY id').all()
  return rows.map(({ id, name }) => ({ id: Number(id), name: String(name) }))
}

/** Writes the lanes of a spool that is new, and the last id that was used for a block, in the transaction that is open. */
export function writeLanes(db: DatabaseSync, lanes: readonly StoredLane[], lastId: number): void {
  const insert = db.prepare('INSERT OR IGNORE INTO lanes (id, name) VALUES (?, ?)')
  for (const { id, name } of lanes) insert.run(id, name)
  db.prepare("INSERT INTO state (name, value) VALUES ('last_id', ?)").run(lastId)
}
