import { byteAt } from '../bytes/byte-at.ts'
import { ValueType } from '../otlp/attribute-list.ts'
import { forEachValue } from '../otlp/for-each-value.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { FieldGroup } from './field-groups.ts'
import { JsonToken } from './json-token.ts'
import { K } from './known-keys.ts'
import { type TranslationContext, writeText } from './translation-context.ts'

const text = {
  aws: escapeJson('"aws":{'),
  end: escapeJson('},'),
  operation: escapeJson('"operation":'),
  accountId: escapeJson('"account_id":'),
  region: escapeJson('"region":'),
  requestId: escapeJson('"request_id":'),
  queueUrl: escapeJson('"queue_url":'),
  tableName: escapeJson('"table_name":'),
  tableNames: escapeJson('"table_names":'),
}

/**
 * Writes `aws` and a comma, unless the resource is on another cloud.
 *
 * @param withCall whether what describes the call of an AWS service belongs here
 */
export function writeAws(w: DocumentWriter, c: TranslationContext, withCall: boolean): void {
  const { resource } = c
  if (resource.aws === undefined) return
  w.raw(text.aws)
  if (resource.aws.length <= w.limits.maxPart) w.raw(resource.aws)
  else w.noteCut('aws')
  if (withCall) writeCall(w, c)
  if (byteAt(w.bytes, w.length - 1) === JsonToken.comma) w.length--
  w.raw(text.end)
}

function writeCall(w: DocumentWriter, c: TranslationContext): void {
  const account = c.slot(K['aws.account_id'])
  if (account < 0) w.raw(c.resource.account)
  else writeText(w, c, text.accountId, account)
  if ((c.fieldGroups & FieldGroup.aws) !== 0) {
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

/** Tables that are named: nothing shortens their list if the document is too long. */
const MAX_TABLES = 100

/** One table is `table_name`, several are `table_names`. */
function writeTables(w: DocumentWriter, c: TranslationContext): void {
  const i = c.slot(K['aws.dynamodb.table_names'])
  const list = c.span.attributes
  const table = c.either(K['aws.table_name'], K['aws.table.name'])
  if (i < 0) return writeText(w, c, text.tableName, table)
  if (list.type(i) !== ValueType.array) return writeText(w, c, text.tableName, i)
  let count = 0
  const start = w.length
  w.raw(text.tableNames)
  w.char(JsonToken.openArray)
  w.startPart('aws')
  forEachValue(list, i, c.keys, (value) => {
    if (count > 0 && (count === MAX_TABLES || !w.hasRoom())) {
      w.noteCut('aws')
      return false
    }
    if (count++ > 0) w.char(JsonToken.comma)
    if (value.type(0) === ValueType.string) w.string(value.bytes, value.start(0), value.end(0))
    else w.text('')
    return true
  })
  w.char(JsonToken.closeArray)
  w.char(JsonToken.comma)
  if (count > 1) return
  w.length = start
  if (count === 0) return writeText(w, c, text.tableName, table)
  forEachValue(list, i, c.keys, (value) => {
    w.raw(text.tableName)
    w.string(value.bytes, value.start(0), value.end(0))
    w.char(JsonToken.comma)
    return false
  })
}
