import type { KnownNames } from '../../../trace/api/page-answers.ts'
import type { StoreDatabase } from '../store-database.ts'
import { USER_KEY } from '../store-format.ts'

const MAX_NAMES = 200
const MAX_VALUES = 20

/**
 * Finds what filter expressions can name. It skips from name to name in the index, so the number of traces does not
 * matter.
 */
export function knownNames(database: StoreDatabase): KnownNames {
  const values = 'SELECT value AS x FROM annotations WHERE key = ? AFTER'
  // The key of users begins with a NUL.
  const keys = distinct(database, 'SELECT key AS x FROM annotations WHERE key >= char(1) AFTER', MAX_NAMES).map(String)
  return {
    services: distinct(database, 'SELECT name AS x FROM services WHERE 1 AFTER', MAX_NAMES).map(String),
    annotations: keys.map((key) => ({ key, values: distinct(database, values, MAX_VALUES, key) })),
    users: distinct(database, values, MAX_VALUES, USER_KEY).map(String),
  }
}

/**
 * The smallest distinct values of a column.
 *
 * @param sql selects the column as `x`; `AFTER` stands for a condition that skips values already found
 * @param limit the most values
 */
function distinct(database: StoreDatabase, sql: string, limit: number, ...parameters: string[]): (string | number)[] {
  const first = database.prepare(`SELECT min(x) AS x FROM (${sql.replace('AFTER', '')})`)
  const next = database.prepare(`SELECT min(x) AS x FROM (${sql.replace('AFTER', 'AND x > ?')})`)
  const found: (string | number)[] = []
  let value = first.get(...parameters)?.['x']
  while ((typeof value === 'string' || typeof value === 'number') && found.length < limit) {
    found.push(value)
    value = next.get(...parameters, value)?.['x']
  }
  return found
}
