import type { DatabaseSync } from 'node:sqlite'

/** Things with a name that the API makes, such as sampling rules, kept in the local store. */
export class SavedSettings<T extends object> {
  /** @param kind keeps different things apart */
  constructor(private readonly database: () => DatabaseSync, private readonly kind: string) {}

  all(): T[] {
    return this.database().prepare('SELECT value FROM settings WHERE kind = ? ORDER BY name').all(this.kind)
      .map((row): T => JSON.parse(String(row['value'])))
  }

  get(name: string): T | undefined {
    const row = this.database().prepare('SELECT value FROM settings WHERE kind = ? AND name = ?').get(this.kind, name)
    return row === undefined ? undefined : JSON.parse(String(row['value']))
  }

  set(name: string, value: T): void {
    this.database().prepare('INSERT OR REPLACE INTO settings (kind, name, value) VALUES (?, ?, ?)').run(
      this.kind,
      name,
      JSON.stringify(value),
    )
  }

  remove(name: string): void {
    this.database().prepare('DELETE FROM settings WHERE kind = ? AND name = ?').run(this.kind, name)
  }
}
