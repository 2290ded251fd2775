import { compressText, decompressText } from '../../sqlite/compress.ts'
import type { StoreDatabase } from './store-database.ts'

/** The segment documents of traces, as they were received. */
export class DocumentTable {
  constructor(private readonly database: StoreDatabase) {}

  /** Adds documents to a trace; call it in a transaction. @param key of the trace's row @param documents JSON */
  add(key: number, documents: readonly string[]): void {
    const insert = this.database.prepare('INSERT INTO documents (trace, json) VALUES (?, ?)')
    insert.run(key, compressText(JSON.stringify(documents)))
  }

  /** Every document of a trace, JSON, in the order in which they came. @throws {Error} if one is damaged */
  of(key: number): string[] {
    const rows = this.database.prepare('SELECT json FROM documents WHERE trace = ? ORDER BY seq').all(key)
    return rows.flatMap((row): string[] => JSON.parse(decompressText(row['json'])))
  }

  /** Deletes the documents of traces; call it in a transaction. @param keys of their rows */
  delete(keys: readonly number[]): void {
    const statement = this.database.prepare('DELETE FROM documents WHERE trace IN (SELECT value FROM json_each(?))')
    statement.run(JSON.stringify(keys))
  }
}
