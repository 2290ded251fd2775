import { byteAt } from '../bytes/byte-at.ts'
import { K, type KnownName } from '../otlp/known-keys.ts'
import { annotationName } from '../otlp/key-table.ts'
import { Place, placeAt, spreadAttributes } from './spread-attributes.ts'
import { causeOf } from './cause.ts'
import { chosenName } from './write-name.ts'
import { Role, roles } from './roles.ts'
import type { SpanContext } from './span-context.ts'
import { isSql } from './write-sql.ts'

/** Where the attributes of a span went. */
export interface SpanExplanation {
  readonly name: string
  readonly attributes: readonly { readonly name: string; readonly places: readonly string[] }[]
}

const decoder = new TextDecoder()
const fields: Partial<Record<KnownName, string>> = {
  'http.method': 'http.request.method',
  'http.request.method': 'http.request.method',
  'http.client_ip': 'http.request.client_ip',
  'client.address': 'http.request.client_ip, if it is an IP address',
  'net.peer.ip': 'http.request.client_ip, if no other tells it, and http.request.url',
  'network.peer.address': 'http.request.client_ip, if no other tells it',
  'http.user_agent': 'http.request.user_agent',
  'user_agent.original': 'http.request.user_agent',
  'http.status_code': 'http.response.status; error, throttle and fault',
  'http.response.status_code': 'http.response.status; error, throttle and fault',
  'rpc.method': 'aws.operation, if aws.operation does not tell it',
  'aws.operation': 'aws.operation',
  'aws.account_id': 'aws.account_id',
  'aws.region': 'aws.region',
  'aws.request_id': 'aws.request_id',
  'aws.requestId': 'aws.request_id',
  'aws.queue_url': 'aws.queue_url',
  'aws.queue.url': 'aws.queue_url',
  'aws.table_name': 'aws.table_name',
  'aws.table.name': 'aws.table_name',
  'db.system': 'sql.database_type',
  'db.system.name': 'sql.database_type',
  'db.name': 'sql.connection_string',
  'db.namespace': 'sql.connection_string',
  'db.connection_string': 'sql.connection_string',
  'db.statement': 'sql.sanitized_query',
  'db.query.text': 'sql.sanitized_query',
  'db.user': 'sql.user',
  'enduser.id': 'user',
  'http.status_text': 'cause.exceptions.message',
  'aws.xray.inprogress': 'in_progress',
}
const byId = new Map(Object.entries(fields).map(([name, field]) => [K[name as KnownName], field])) // entries widens the keys

/** Tells for each attribute of a span where it goes, or why nowhere. Call it before the span is translated. */
export function explainSpan(c: SpanContext): SpanExplanation {
  const { span } = c
  const list = span.attributes
  const sql = isSql(c)
  const spread = spreadAttributes(c, sql, causeOf(c)?.statusText ?? -1)
  const naming = chosenName(c)
  const attributes = Array.from({ length: list.count }, (_, i) => {
    const { name, id, metadataNamespace } = list.key(i)
    const place = placeAt(spread, i)
    const places: string[] = []
    if (i === naming) places.push("the segment's name")
    if ((place & Place.field) !== 0) places.push(fieldOf(c, id))
    if ((place & Place.annotation) !== 0) places.push(`annotations.${annotationName(name)}`)
    if ((place & Place.metadata) !== 0) places.push(`metadata.default.${name}`)
    if ((place & Place.namespace) !== 0) places.push(`metadata.${metadataNamespace ?? ''}`)
    if ((place & Place.unindexable) !== 0) {
      places.push(`metadata.otel.attributes.${name}: X-Ray indexes no values of its type`)
    }
    if (places.length === 0) {
      places.push(id === K['aws.xray.annotations'] ? 'nowhere: it says what is indexed' : 'nowhere: it has no value')
    }
    return { name, places }
  })
  return { name: decoder.decode(span.bytes.subarray(span.name.start, span.name.end)), attributes }
}

function fieldOf(c: SpanContext, id: number): string {
  const role = byteAt(roles, id)
  if ((role & Role.http) !== 0 && (c.roles & Role.hasHttp) === 0) {
    return 'nowhere: it tells of a request, and the span is none'
  }
  if ((role & Role.aws) !== 0 && c.resource.aws === undefined) {
    return 'nowhere: the resource is on another cloud than AWS'
  }
  return byId.get(id) ?? 'http.request.url'
}
