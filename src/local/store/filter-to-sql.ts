import { flagBits } from './flags-of.ts'
import type { Expression, Flag, Operator } from '../../trace/filter/expression.ts'

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

/** Rows of an index that a condition is looked up in: those of a service, or of an annotation. */
export type Lookup = SqlFilter & { readonly table: 'services' | 'annotations' }

/**
 * A condition that holds for every trace that the expression asks for, and perhaps for others: what SQL cannot say
 * quickly is left to the one who reads the rows.
 *
 * @param isFrequent whether so many rows are found that it is quicker to ask for each trace than to gather them
 */
export function filterToSql(expression: Expression, isFrequent: (lookup: Lookup) => boolean): SqlFilter {
  const own = (inner: Expression): SqlFilter => filterToSql(inner, isFrequent)
  switch (expression.kind) {
    case 'and':
      return join('AND', own(expression.left), own(expression.right))
    case 'or':
      return join('OR', own(expression.left), own(expression.right))
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
      const bit = expression.that === undefined ? undefined : flagOf(expression.that)
      const flagged = bit === undefined ? '' : ` AND services.flags & ${bit} <> 0`
      const lookup: Lookup = { table: 'services', sql: `services.name = ?${flagged}`, parameters: [name] }
      return isFrequent(lookup) ? askedFor(lookup) : gathered(lookup)
    }
    default:
      return ANYTHING
  }
}

/** The traces of the rows are gathered first. */
function gathered({ table, sql, parameters }: Lookup): SqlFilter {
  return { sql: `key IN (SELECT trace FROM ${table} WHERE ${sql})`, parameters }
}

/** Each trace is asked whether it has such a row. */
function askedFor({ table, sql, parameters }: Lookup): SqlFilter {
  return { sql: `EXISTS (SELECT 1 FROM ${table} WHERE ${sql} AND trace = traces.key)`, parameters }
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

function annotationToSql(
  { key, operator, value }: Expression & { kind: 'annotation' },
  isFrequent: (lookup: Lookup) => boolean,
): SqlFilter {
  const isCompared = operator !== undefined && value !== undefined && typeof value !== 'boolean' &&
    plain.includes(operator)
  const lookup: Lookup = isCompared
    ? { table: 'annotations', sql: `annotations.key = ? AND value ${operator} ?`, parameters: [key, value] }
    : { table: 'annotations', sql: 'annotations.key = ?', parameters: [key] }
  if (!isFrequent(lookup)) return gathered(lookup)
  // The index goes by key, value and trace: of one value it tells quickly whether a trace has it.
  return isCompared && operator === '=' ? askedFor(lookup) : ANYTHING
}

function join(word: 'AND' | 'OR', left: SqlFilter, right: SqlFilter): SqlFilter {
  return { sql: `(${left.sql} ${word} ${right.sql})`, parameters: [...left.parameters, ...right.parameters] }
}
