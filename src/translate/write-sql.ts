import { isEmptyRange } from '../otlp/range.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { FieldGroup } from './field-groups.ts'
import { JsonToken } from './json-token.ts'
import { K } from './known-keys.ts'
import { type TranslationContext, writeText } from './translation-context.ts'

const text = {
  sql: escapeJson('"sql":{'),
  connection: escapeJson('"connection_string":'),
  url: escapeJson('"url":'),
  type: escapeJson('"database_type":'),
  user: escapeJson('"user":'),
  query: escapeJson('"sanitized_query":'),
  end: escapeJson('},'),
}
const sqlSystems = [
  'postgresql',
  'mysql',
  'mariadb',
  'mssql',
  'oracle',
  'sqlite',
  'db2',
  'derby',
  'hive',
  'teradata',
  'other_sql',
  'microsoft.sql_server',
  'oracle.db',
  'ibm.db2',
]

/** True if the span is a call of a database that speaks SQL, so that its `db.*` attributes go to `sql`. */
export function isSql(c: TranslationContext): boolean {
  if ((c.fieldGroups & FieldGroup.sql) === 0) return false
  const system = systemOf(c)
  if (system < 0) return false
  for (const name of sqlSystems) if (c.is(system, name)) return true
  return false
}

/** Writes `sql` and a comma. For spans of which {@link isSql} is true. */
export function writeSql(w: DocumentWriter, c: TranslationContext): void {
  const { attributes: list, name: spanName } = c.span
  const name = first(c, K['db.name'], K['db.namespace'])
  const connection = c.nonEmpty(c.slot(K['db.connection_string']))
  w.raw(text.sql)
  w.raw(text.connection)
  w.quote()
  writeServer(w, c, connection)
  w.char(0x2f)
  if (name >= 0) w.chars(list.bytes, list.start(name), list.end(name))
  w.quote()
  w.char(JsonToken.comma)
  if (!isEmptyRange(spanName)) {
    w.raw(text.url)
    w.string(c.span.bytes, spanName.start, spanName.end)
    w.char(JsonToken.comma)
  }
  writeText(w, c, text.user, c.slot(K['db.user']))
  writeText(w, c, text.query, first(c, K['db.statement'], K['db.query.text']))
  w.raw(text.type)
  const system = systemOf(c)
  w.string(list.bytes, list.start(system), list.end(system))
  w.raw(text.end)
}

function systemOf(c: TranslationContext): number {
  return first(c, K['db.system'], K['db.system.name'])
}

function first(c: TranslationContext, old: number, stable: number): number {
  const i = c.nonEmpty(c.slot(old))
  return i >= 0 ? i : c.nonEmpty(c.slot(stable))
}

/** Writes the server: the connection string, by the stable conventions the address and port, else `localhost`. */
function writeServer(w: DocumentWriter, c: TranslationContext, connection: number): void {
  const list = c.span.attributes
  if (connection >= 0) return w.chars(list.bytes, list.start(connection), list.end(connection))
  const address = c.slot(K['db.system.name']) >= 0 ? c.nonEmpty(c.slot(K['server.address'])) : -1
  if (address < 0) return w.ascii('localhost')
  w.chars(list.bytes, list.start(address), list.end(address))
  const port = c.slot(K['server.port'])
  if (port < 0 || list.int(port) === 0) return
  w.char(JsonToken.colon)
  w.int64(list.low(port), list.high(port))
}
