import { ValueType } from '../otlp/attribute-list.ts'
import { byteAt } from '../bytes/byte-at.ts'
import { K } from '../otlp/known-keys.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { L, literal } from './literal.ts'
import { Role } from './roles.ts'
import type { SpanContext } from './span-context.ts'
import { writeText } from './write-text.ts'
import { forEachValue } from './write-value.ts'

const text = {
  aws: literal('"aws":{'),
  end: literal('},'),
  operation: literal('"operation":'),
  accountId: literal('"account_id":'),
  region: literal('"region":'),
  requestId: literal('"request_id":'),
  queueUrl: literal('"queue_url":'),
  tableName: literal('"table_name":'),
  tableNames: literal('"table_names":'),
}

/**
 * Writes `aws`, with a comma behind it, unless the resource is on another cloud.
 *
 * @param withCall whether what describes the call of an AWS service belongs here
 */
export function writeAws(w: DocumentWriter, c: SpanContext, withCall: boolean): void {
  const { resource } = c
  if (resource.aws === undefined) return
  w.raw(text.aws)
  w.raw(resource.aws)
  if (withCall) writeCall(w, c)
  if (byteAt(w.bytes, w.length - 1) === L.comma) w.length--
  w.raw(text.end)
}

function writeCall(w: DocumentWriter, c: SpanContext): void {
  const account = c.slot(K['aws.account_id'])
  if (account < 0) w.raw(c.resource.account)
  else writeText(w, c, text.accountId, account)
  if ((c.roles & Role.aws) !== 0) {
    const operation = c.slot(K['aws.operation'])
    writeText(w, c, text.operation, operation >= 0 ? operation : c.slot(K['rpc.method']))
    writeText(w, c, text.region, c.slot(K['aws.region']))
    writeText(w, c, text.requestId, c.either(K['aws.request_id'], K['aws.requestId']))
  }
  const queue = c.either(K['aws.queue_url'], K['aws.queue.url'])
  const messaging = c.slot(K['messaging.url'])
  writeText(w, c, text.queueUrl, messaging >= 0 ? messaging : queue)
  writeTables(w, c)
}

/** One table is `table_name`, several are `table_names`. */
function writeTables(w: DocumentWriter, c: SpanContext): void {
  const i = c.slot(K['aws.dynamodb.table_names'])
  const list = c.span.attributes
  const own = c.either(K['aws.table_name'], K['aws.table.name'])
  if (i < 0) return writeText(w, c, text.tableName, own)
  if (list.type(i) !== ValueType.array) return writeText(w, c, text.tableName, i)
  let count = 0
  const start = w.length
  w.raw(text.tableNames)
  w.char(L.openList)
  forEachValue(list.bytes, list.start(i), list.end(i), c.keys, (values, at) => {
    if (count++ > 0) w.char(L.comma)
    if (values.type(at) === ValueType.string) w.string(values.bytes, values.start(at), values.end(at))
    else w.text('')
  })
  w.char(L.closeList)
  w.char(L.comma)
  if (count > 1) return
  w.length = start
  if (count === 0) return writeText(w, c, text.tableName, own)
  forEachValue(list.bytes, list.start(i), list.end(i), c.keys, (values, at) => {
    w.raw(text.tableName)
    w.string(values.bytes, values.start(at), values.end(at))
    w.char(L.comma)
  })
}
