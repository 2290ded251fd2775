/**
 * The attribute names that the translation knows: those of the OpenTelemetry semantic conventions (old and stable), and
 * AWS X-Ray's own. Each has a number.
 */
const names = [
  // HTTP, old and stable
  'http.method',
  'http.request.method',
  'http.client_ip',
  'client.address',
  'http.user_agent',
  'user_agent.original',
  'http.status_code',
  'http.response.status_code',
  'http.url',
  'url.full',
  'http.scheme',
  'url.scheme',
  'http.host',
  'http.target',
  'http.server_name',
  'url.path',
  'url.query',
  'http.status_text',
  'message.type',
  'messaging.message_payload_size_bytes',
  'http.response_content_length',
  'http.response.body.size',
  // Network
  'net.host.port',
  'net.host.name',
  'host.name',
  'net.peer.name',
  'net.peer.port',
  'net.peer.ip',
  'network.peer.address',
  'server.address',
  'server.port',
  // Databases, old and stable
  'db.system',
  'db.system.name',
  'db.name',
  'db.namespace',
  'db.connection_string',
  'db.statement',
  'db.query.text',
  'db.user',
  'db.operation',
  'db.operation.name',
  'db.collection.name',
  // AWS SDK calls
  'rpc.system',
  'rpc.service',
  'rpc.method',
  'aws.service',
  'aws.operation',
  'aws.account_id',
  'aws.region',
  'aws.request_id',
  'aws.requestId',
  'aws.queue_url',
  'aws.queue.url',
  'aws.table_name',
  'aws.table.name',
  'aws.dynamodb.table_names',
  'messaging.url',
  'http.route',
  'rpc.system.name',
  // Application Signals
  'aws.span.kind',
  'aws.local.service',
  'aws.remote.service',
  'aws.remote.operation',
  'remoteTarget',
  'K8s.RemoteNamespace',
  'peer.service',
  // X-Ray
  'enduser.id',
  'aws.xray.annotations',
  'aws.xray.inprogress',
  // Resources
  'cloud.provider',
  'cloud.platform',
  'cloud.account.id',
  'cloud.availability_zone',
  'cloud.region',
  'host.id',
  'host.type',
  'host.image.id',
  'container.name',
  'container.id',
  'container.image.tag',
  'container.image.tags',
  'k8s.pod.name',
  'k8s.cluster.name',
  'service.name',
  'service.namespace',
  'service.instance.id',
  'service.version',
  'telemetry.sdk.name',
  'telemetry.sdk.language',
  'telemetry.sdk.version',
  'telemetry.auto.version',
  'telemetry.distro.version',
  'aws.ecs.cluster.arn',
  'aws.ecs.container.arn',
  'aws.ecs.task.arn',
  'aws.ecs.task.family',
  'aws.ecs.launchtype',
  'aws.log.group.names',
  'aws.log.group.arns',
  'k8s.pod.uid',
  // Events
  'exception.type',
  'exception.message',
  'exception.stacktrace',
  'aws.http.error_message',
] as const

/** A name that the translation knows. */
export type KnownName = (typeof names)[number]

/** The number of each known name; 0 is every other key. */
export const K = Object.fromEntries(names.map((name, i) => [name, i + 1])) as { readonly [N in KnownName]: number } // fromEntries forgets the keys

/** One more than the largest number in {@link K}. */
export const KNOWN_KEYS: number = names.length + 1

/** The known names in the order of their numbers, from 1. */
export const knownNames: readonly KnownName[] = names
