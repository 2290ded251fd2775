import { K, KNOWN_KEYS, type KnownName } from '../otlp/known-keys.ts'

/** What an attribute is for, as bits; a span's attributes are sorted by them in one pass. */
export const Role = {
  /** Goes to `http`, and so never to metadata. */
  http: 1,
  /** Shows that the span is an HTTP request. */
  hasHttp: 2,
  /** The URL of the request can be told from it. */
  hasUrl: 4,
  /** Goes to `aws`. */
  aws: 8,
  /** Goes to `sql`, if the database speaks SQL. */
  sql: 16,
  /** Goes to `user`. */
  user: 32,
} as const

const http = Role.http | Role.hasHttp
const url = Role.hasUrl

const byName: Partial<Record<KnownName, number>> = {
  'http.method': http,
  'http.request.method': http,
  'http.client_ip': http,
  'client.address': Role.http,
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
  'host.name': Role.http | url,
  'net.host.name': Role.http | url,
  'net.peer.name': Role.http | url,
  'net.peer.port': Role.http,
  'net.peer.ip': Role.http | url,
  'network.peer.address': Role.http,
  'server.address': Role.http | url,
  'server.port': Role.http,
  'rpc.method': Role.aws,
  'aws.operation': Role.aws,
  'aws.account_id': Role.aws,
  'aws.region': Role.aws,
  'aws.request_id': Role.aws,
  'aws.requestId': Role.aws,
  'aws.queue_url': Role.aws,
  'aws.queue.url': Role.aws,
  'aws.table_name': Role.aws,
  'aws.table.name': Role.aws,
  'db.system': Role.sql,
  'db.system.name': Role.sql,
  'db.name': Role.sql,
  'db.namespace': Role.sql,
  'db.connection_string': Role.sql,
  'db.statement': Role.sql,
  'db.query.text': Role.sql,
  'db.user': Role.sql,
  'enduser.id': Role.user,
}

/** The roles of each known key, by its number. */
export const roles: Uint8Array = new Uint8Array(KNOWN_KEYS)
for (const [name, role] of Object.entries(byName)) roles[K[name as KnownName]] = role // entries widens the keys
