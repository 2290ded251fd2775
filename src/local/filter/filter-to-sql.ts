import { flagBits } from '../flags-of.ts'
import type { Expression, Flag, Operator } from './expression.ts'

/** A condition on the store's table of traces. */
export interface SqlFilter {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
}

/** What users stand under in the table of annotations; no annotation has this name. */
export const USER_KEY = '\u0000user'
const ANYTHING: SqlFilter = { sql: '1', parameters: [] }
const columns: Readonly<Record<string, string>> = {
  'responsetime': 'response',
  'duration': 'duration',
  'http.status': 'status',
  'http.url': 'url',
  'http.method': 'method',
  'name': 'name',
}
const plain: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=']

/**
 * A condition that holds for every trace that the expression asks for, and perhaps for others: what SQL cannot say
 * quickly is left to the one who reads the rows.
 */
export function filterToSql(expression: Expression): SqlFilter {
  switch (expression.kind) {
    case 'and':
      return join('AND', filterToSql(expression.left), filterToSql(expression.right))
    case 'or':
      return join('OR', filterToSql(expression.left), filterToSql(expression.right))
    case 'flag':
      return flagToSql(expression.name, expression.is)
    case 'present':
      return expression.name === 'user' ? annotationToSql({ kind: 'annotation', key: USER_KEY }) : ANYTHING
    case 'text':
      if (expression.name === 'user') return annotationToSql({ ...expression, kind: 'annotation', key: USER_KEY })
      return comparison(columns[expression.name], expression.operator, expression.value)
    case 'number':
      return comparison(columns[expression.name], expression.operator, expression.value)
    case 'annotation':
      return annotationToSql(expression)
    case 'service': {
      const { name } = expression.service
      if (name === undefined) return ANYTHING
      const bit = expression.that === undefined ? undefined : flagOf(expression.that)
      const flagged = bit === undefined ? '' : ` AND flags & ${bit} <> 0`
      return { sql: `key IN (SELECT trace FROM services WHERE name = ?${flagged})`, parameters: [name] }
    }
    default:
      return ANYTHING
  }
}

function flagToSql(name: Flag, is: boolean): SqlFilter {
  const bit = bitOf(name)
  return bit === undefined ? ANYTHING : { sql: `flags & ${bit} ${is ? '<>' : '='} 0`, parameters: [] }
}

function bitOf(name: Flag): number | undefined {
  return new Map<string, number>(Object.entries(flagBits)).get(name)
}

/** The bit of a flag that must hold within a service; undefined if the condition is another one. */
function flagOf(expression: Expression): number | undefined {
  return expression.kind === 'flag' && expression.is ? bitOf(expression.name) : undefined
}

function comparison(column: string | undefined, operator: Operator, value: string | number): SqlFilter {
  if (column === undefined) return ANYTHING
  if (plain.includes(operator)) return { sql: `${column} ${operator} ?`, parameters: [value] }
  if (operator === 'CONTAINS') return { sql: `instr(${column}, ?) > 0`, parameters: [value] }
  return ANYTHING
}

function annotationToSql({ key, operator, value }: Expression & { kind: 'annotation' }): SqlFilter {
  const table = 'key IN (SELECT trace FROM annotations WHERE key = ?'
  if (operator === undefined || value === undefined) return { sql: `${table})`, parameters: [key] }
  if (typeof value === 'boolean' || !plain.includes(operator)) return { sql: `${table})`, parameters: [key] }
  return { sql: `${table} AND value ${operator} ?)`, parameters: [key, value] }
}

function join(word: 'AND' | 'OR', left: SqlFilter, right: SqlFilter): SqlFilter {
  return { sql: `(${left.sql} ${word} ${right.sql})`, parameters: [...left.parameters, ...right.parameters] }
}
