import { attempt } from '../../errors/attempt.ts'
import type { StoreDatabase } from './store-database.ts'

/** Records by their name that the API creates and that stay until it deletes them: sampling rules, groups. */
export class NamedRecords<T extends object> {
  /** @param kind keeps records of different types apart */
  constructor(private readonly database: StoreDatabase, private readonly kind: string) {}

  /** Every record that is not damaged, sorted by name. */
  all(): T[] {
    return this.database.prepare('SELECT value FROM records WHERE kind = ? ORDER BY name').all(this.kind)
      .flatMap(({ value }): T[] => attempt(() => [JSON.parse(String(value))]) ?? [])
  }

  /** The record with a name; undefined if there is none, or it is damaged. */
  get(name: string): T | undefined {
    const row = this.database.prepare('SELECT value FROM records WHERE kind = ? AND name = ?').get(this.kind, name)
    return row === undefined ? undefined : attempt(() => JSON.parse(String(row['value'])))
  }

  /** Creates or replaces a record. @param record can be written as JSON */
  set(name: string, record: T): void {
    this.database.prepare('INSERT OR REPLACE INTO records (kind, name, value) VALUES (?, ?, ?)').run(
      this.kind,
      name,
      JSON.stringify(record),
    )
  }

  /** Deletes a record, if there is one with this name. */
  delete(name: string): void {
    this.database.prepare('DELETE FROM records WHERE kind = ? AND name = ?').run(this.kind, name)
  }
}
