import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Statements that are kept prepared. */
const MOST = 200

/** Statements by their text: to prepare one costs more than to run it. */
export class Statements {
  readonly #prepared = new Map<string, StatementSync>()

  /** @param db the database of now; a damaged one is replaced */
  constructor(private readonly db: () => DatabaseSync) {}

  /** @throws {Error} if the text is no SQL */
  prepare(text: string): StatementSync {
    let statement = this.#prepared.get(text)
    if (statement === undefined) {
      // Filters make texts of their own: there may be any number of them.
      if (this.#prepared.size > MOST) this.#prepared.clear()
      statement = this.db().prepare(text)
      this.#prepared.set(text, statement)
    }
    return statement
  }

  /** Forgets them, as the database is another one. */
  clear(): void {
    this.#prepared.clear()
  }
}
