import type { Expression, Flag, Operator } from '../../../trace/filter/expression.ts'
import { flagBits } from '../flags-of.ts'
import { USER_KEY } from '../store-format.ts'

/** A condition on the store's table of traces. */
export interface SqlFilter {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
}

/** A condition that holds for every trace. */
const ANYTHING: SqlFilter = { sql: '1', parameters: [] }
/** The columns of traces by keyword. */
const columns: Readonly<Record<string, string>> = {
  'responsetime': 'response_time',
  'duration': 'duration',
  'http.status': 'status',
  'http.url': 'url',
  'http.method': 'method',
  'name': 'name',
}
/** Operators that SQL has, too. */
const sqlOperators: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=']

/** A condition on the rows of a service or an annotation, which name the traces that have it. */
export type Lookup = SqlFilter & { readonly table: 'services' | 'annotations' }

/**
 * Translates an expression into a condition that holds for every trace that the expression matches, and perhaps for
 * others: what SQL cannot check quickly is left to the caller, who reads the rows.
 *
 * @param isFrequent whether so many rows match that it is quicker to look up each trace than to collect their traces
 */
export function filterToSql(expression: Expression, isFrequent: (lookup: Lookup) => boolean): SqlFilter {
  const toSql = (inner: Expression): SqlFilter => filterToSql(inner, isFrequent)
  switch (expression.kind) {
    case 'and':
      return join('AND', toSql(expression.left), toSql(expression.right))
    case 'or':
      return join('OR', toSql(expression.left), toSql(expression.right))
    case 'flag':
      return flagToSql(expression.name, expression.is)
    case 'present':
      return expression.name === 'user' ? annotationToSql({ kind: 'annotation', key: USER_KEY }, isFrequent) : ANYTHING
    case 'text':
      if (expression.name === 'user') {
        return annotationToSql({ ...expression, kind: 'annotation', key: USER_KEY }, isFrequent)
      }
      return comparison(columns[expression.name], expression.operator, expression.value)
    case 'number':
      return comparison(columns[expression.name], expression.operator, expression.value)
    case 'annotation':
      return annotationToSql(expression, isFrequent)
    case 'service': {
      const { name } = expression.service
      if (name === undefined) return ANYTHING
      const bit = expression.condition === undefined ? undefined : flagOf(expression.condition)
      const flagged = bit === undefined ? '' : ` AND services.flags & ${bit} <> 0`
      const lookup: Lookup = { table: 'services', sql: `services.name = ?${flagged}`, parameters: [name] }
      return isFrequent(lookup) ? existsIn(lookup) : keyIn(lookup)
    }
    default:
      return ANYTHING
  }
}

/** Collects the traces of all matching rows first. */
function keyIn({ table, sql, parameters }: Lookup): SqlFilter {
  return { sql: `key IN (SELECT trace FROM ${table} WHERE ${sql})`, parameters }
}

/** Looks up for each trace whether it has a matching row. */
function existsIn({ table, sql, parameters }: Lookup): SqlFilter {
  return { sql: `EXISTS (SELECT 1 FROM ${table} WHERE ${sql} AND trace = traces.key)`, parameters }
}

function flagToSql(name: Flag, is: boolean): SqlFilter {
  const bit = bitOf(name)
  return bit === undefined ? ANYTHING : { sql: `flags & ${bit} ${is ? '<>' : '='} 0`, parameters: [] }
}

function bitOf(name: Flag): number | undefined {
  return new Map<string, number>(Object.entries(flagBits)).get(name)
}

/** The bit of a flag that a condition within a service asks for; undefined if it is another condition. */
function flagOf(expression: Expression): number | undefined {
  return expression.kind === 'flag' && expression.is ? bitOf(expression.name) : undefined
}

function comparison(column: string | undefined, operator: Operator, value: string | number): SqlFilter {
  if (column === undefined) return ANYTHING
  if (sqlOperators.includes(operator)) return { sql: `${column} ${operator} ?`, parameters: [value] }
  if (operator === 'CONTAINS') return { sql: `instr(${column}, ?) > 0`, parameters: [value] }
  return ANYTHING
}

function annotationToSql(
  { key, operator, value }: Expression & { kind: 'annotation' },
  isFrequent: (lookup: Lookup) => boolean,
): SqlFilter {
  const isCompared = operator !== undefined && value !== undefined && typeof value !== 'boolean' &&
    sqlOperators.includes(operator)
  const lookup: Lookup = isCompared
    ? { table: 'annotations', sql: `annotations.key = ? AND value ${operator} ?`, parameters: [key, value] }
    : { table: 'annotations', sql: 'annotations.key = ?', parameters: [key] }
  if (!isFrequent(lookup)) return keyIn(lookup)
  // The rows are sorted by key, value and trace, so the lookup of one value in one trace is quick.
  return isCompared && operator === '=' ? existsIn(lookup) : ANYTHING
}

function join(word: 'AND' | 'OR', left: SqlFilter, right: SqlFilter): SqlFilter {
  return { sql: `(${left.sql} ${word} ${right.sql})`, parameters: [...left.parameters, ...right.parameters] }
}
