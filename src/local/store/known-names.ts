import { USER_KEY } from './filter-to-sql.ts'
import type { Statements } from './statements.ts'

/** An annotation that was seen. */
export interface KnownAnnotation {
  readonly key: string
  /** Some of its values, in their order; booleans are 0 and 1. */
  readonly values: readonly (string | number)[]
}

/** What filters can name. */
export interface KnownNames {
  readonly services: readonly string[]
  readonly annotations: readonly KnownAnnotation[]
  readonly users: readonly string[]
}

const MOST_NAMES = 200
const MOST_VALUES = 20

/** Finds what filters can name. It skips from name to name in the index, so it is quick whatever there is. */
export function knownNames(statements: Statements): KnownNames {
  const next = (sql: string, most: number, ...of: readonly string[]): (string | number)[] => {
    const first = statements.prepare(`SELECT min(x) AS x FROM (${sql.replace('AFTER', '')})`)
    const other = statements.prepare(`SELECT min(x) AS x FROM (${sql.replace('AFTER', 'AND x > ?')})`)
    const found: (string | number)[] = []
    let at = first.get(...of)?.['x']
    while ((typeof at === 'string' || typeof at === 'number') && found.length < most) {
      found.push(at)
      at = other.get(...of, at)?.['x']
    }
    return found
  }
  const values = 'SELECT value AS x FROM annotations WHERE key = ? AFTER'
  // Users stand under a key that begins with a NUL.
  const keys = next('SELECT key AS x FROM annotations WHERE key >= char(1) AFTER', MOST_NAMES).map(String)
  return {
    services: next('SELECT name AS x FROM services WHERE 1 AFTER', MOST_NAMES).map(String),
    annotations: keys.map((key) => ({
      key,
      values: next(values, MOST_VALUES, key),
    })),
    users: next(values, MOST_VALUES, USER_KEY).map(String),
  }
}
