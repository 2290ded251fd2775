import { K, KNOWN_KEYS, type KnownName } from './known-keys.ts'

/** Which fields of a segment an attribute goes to, as bits; one pass over a span's attributes joins them. */
export const FieldGroup = {
  /** `http`; never metadata, even if the span is no HTTP request. */
  http: 1,
  /** Shows that the span is an HTTP request. */
  hasHttp: 2,
  /** The request's URL can be made from it. */
  hasUrl: 4,
  /** `aws`. */
  aws: 8,
  /** `sql`, if the database speaks SQL. */
  sql: 16,
  /** `user`. */
  user: 32,
} as const

const http = FieldGroup.http | FieldGroup.hasHttp
const url = FieldGroup.hasUrl

const byName: Partial<Record<KnownName, number>> = {
  'http.method': http,
  'http.request.method': http,
  'http.client_ip': http,
  'client.address': FieldGroup.http,
  'http.user_agent': http,
  'user_agent.original': http,
  'http.status_code': http,
  'http.response.status_code': http,
  'http.url': http | url,
  'url.full': http | url,
  'http.scheme': http,
  'url.scheme': http,
  'http.host': http | url,
  'http.target': http,
  'http.server_name': http | url,
  'url.path': http,
  'url.query': http,
  'net.host.port': http,
  'host.name': FieldGroup.http | url,
  'net.host.name': FieldGroup.http | url,
  'net.peer.name': FieldGroup.http | url,
  'net.peer.port': FieldGroup.http,
  'net.peer.ip': FieldGroup.http | url,
  'network.peer.address': FieldGroup.http,
  'server.address': FieldGroup.http | url,
  'server.port': FieldGroup.http,
  'rpc.method': FieldGroup.aws,
  'aws.operation': FieldGroup.aws,
  'aws.account_id': FieldGroup.aws,
  'aws.region': FieldGroup.aws,
  'aws.request_id': FieldGroup.aws,
  'aws.requestId': FieldGroup.aws,
  'aws.queue_url': FieldGroup.aws,
  'aws.queue.url': FieldGroup.aws,
  'aws.table_name': FieldGroup.aws,
  'aws.table.name': FieldGroup.aws,
  'db.system': FieldGroup.sql,
  'db.system.name': FieldGroup.sql,
  'db.name': FieldGroup.sql,
  'db.namespace': FieldGroup.sql,
  'db.connection_string': FieldGroup.sql,
  'db.statement': FieldGroup.sql,
  'db.query.text': FieldGroup.sql,
  'db.user': FieldGroup.sql,
  'enduser.id': FieldGroup.user,
}

/** The bits of {@link FieldGroup} of each known key, by its number. */
export const fieldGroups: Uint8Array = new Uint8Array(KNOWN_KEYS)
for (const [name, groups] of Object.entries(byName)) fieldGroups[K[name as KnownName]] = groups // entries widens the keys
