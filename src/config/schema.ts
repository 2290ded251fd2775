import * as v from 'valibot'
import { receivers } from '../receive/receivers.ts'
import { bytes, duration, host, port, region, url } from '../component/values.ts'

/** A part that is on unless it is set to `false`. */
const on = <S extends v.GenericSchema>(schema: S) =>
  v.optional(v.union([v.literal(false), schema], 'an object, or false to turn it off'), {})
/** A part that is off unless it is set. */
const off = <S extends v.GenericSchema>(schema: S) =>
  v.optional(v.union([v.literal(false), schema], 'an object, or false'), false)

const file = v.pipe(v.string('a file name'), v.nonEmpty('a file name'))

const xray = v.strictObject({
  region: v.pipe(
    v.optional(region),
    v.description(
      'AWS region. Else AWS_REGION, AWS_DEFAULT_REGION, the shared config file, ECS or EC2 metadata tell it.',
    ),
  ),
  endpoint: v.pipe(
    v.optional(url),
    v.description('URL of X-Ray, such as that of a VPC endpoint; else the region tells it.'),
  ),
  concurrency: v.pipe(
    v.optional(
      v.pipe(
        v.number('a number'),
        v.integer('a whole number'),
        v.minValue(1, 'at least 1'),
        v.maxValue(256, 'at most 256'),
      ),
      8,
    ),
    v.description('Requests in flight at most.'),
  ),
  timeout: v.pipe(v.optional(duration, '10s'), v.description('How long one request may take.')),
  roleArn: v.pipe(
    v.optional(v.pipe(v.string(), v.startsWith('arn:', 'an ARN'))),
    v.description('Role to take on with the credentials that were found.'),
  ),
  externalId: v.pipe(v.optional(v.string()), v.description('External id that the role asks for.')),
  proxy: v.pipe(
    v.optional(url),
    v.description('HTTP proxy to X-Ray; else HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide.'),
  ),
  caFile: v.pipe(
    v.optional(file),
    v.description("Certificates to trust besides the system's, PEM; else AWS_CA_BUNDLE."),
  ),
  insecure: v.pipe(
    v.optional(v.boolean(), false),
    v.description('Take whatever certificate X-Ray shows. For tests: it lets anyone in between read and change all.'),
  ),
  resourceArn: v.pipe(
    v.optional(v.string()),
    v.description('ARN of what the agent runs on, told to X-Ray with the telemetry.'),
  ),
  localMode: v.pipe(
    v.optional(v.boolean(), false),
    v.description('Do not ask the EC2 metadata service for the region.'),
  ),
  fips: v.pipe(v.optional(v.boolean(), false), v.description('Use the FIPS endpoint.')),
  telemetry: v.pipe(
    v.optional(v.boolean(), true),
    v.description('Tell X-Ray once a minute how many segments came and went (PutTelemetryRecords).'),
  ),
  dualStack: v.pipe(v.optional(v.boolean(), false), v.description('Use the endpoint that has IPv6 too.')),
})

const consoleSchema = v.strictObject({
  documents: v.pipe(
    v.optional(v.boolean(), false),
    v.description('Print the segment documents, as JSON lines, instead of a line a trace.'),
  ),
})

const localSchema = v.strictObject({
  maxBytes: v.pipe(v.optional(bytes, '1GiB'), v.description('Over this the oldest traces go.')),
  maxAge: v.pipe(v.optional(duration, '7d'), v.description('Older traces go.')),
  keepSpans: v.pipe(
    v.optional(v.boolean(), true),
    v.description(
      'Keep OTLP requests as they came too, so that the page shows each segment beside the span that it was.',
    ),
  ),
})

/** AWS X-Ray as it is called where the config does not name it. */
export const xrayDefaults = v.parse(xray, {})

/** The local store as it is if the config does not say. */
export const localDefaults = v.parse(localSchema, {})

/** The whole config: the only place where a default stands. */
export const configSchema = v.strictObject({
  receive: v.pipe(
    v.optional(
      v.strictObject({
        otlp: v.pipe(
          v.optional(
            v.strictObject({
              grpc: v.pipe(on(receivers.otlpGrpc.schema), v.description('OTLP over gRPC.')),
              http: v.pipe(
                on(receivers.otlpHttp.schema),
                v.description('OTLP over HTTP, protobuf and JSON; gRPC-Web and Connect too.'),
              ),
              also: v.pipe(
                v.optional(
                  v.array(
                    v.strictObject({ grpc: off(receivers.otlpGrpc.schema), http: off(receivers.otlpHttp.schema) }),
                  ),
                  () => [],
                ),
                v.description('More places to listen at, each with `grpc`, `http` or both.'),
              ),
            }),
            {},
          ),
          v.description('The OpenTelemetry protocol.'),
        ),
        xray: v.pipe(
          v.optional(
            v.strictObject({
              udp: v.pipe(on(receivers.xrayUdp.schema), v.description('Segment documents by UDP.')),
              proxy: v.pipe(
                on(receivers.xrayProxy.schema),
                v.description('Sampling rules and targets for X-Ray SDKs, by TCP.'),
              ),
            }),
            {},
          ),
          v.description('The protocol of the X-Ray daemon.'),
        ),
        maxInFlight: v.pipe(
          v.optional(bytes, '64MiB'),
          v.description(
            'Bytes of requests that may be arriving at once; in a container at most an eighth of what it may use.',
          ),
        ),
      }),
      {},
    ),
    v.description('What comes in. Each part is on; set it to `false` to turn it off.'),
  ),
  translate: v.pipe(
    v.optional(
      v.strictObject({
        indexedAttributes: v.pipe(
          v.optional(v.array(v.string('an attribute name')), () => []),
          v.description(
            'Attributes that become annotations, which X-Ray can search; those of the resource as `otel.resource.NAME`.',
          ),
        ),
        indexAllAttributes: v.pipe(
          v.optional(v.boolean(), false),
          v.description('Make an annotation of every attribute, up to 50 a segment.'),
        ),
        logGroups: v.pipe(
          v.optional(v.array(v.string('a log group name')), () => []),
          v.description('CloudWatch Logs groups of spans whose resource names none.'),
        ),
      }),
      {},
    ),
    v.description('How OpenTelemetry spans become X-Ray segments.'),
  ),
  queue: v.pipe(
    v.optional(
      v.strictObject({
        dir: v.pipe(
          v.optional(file),
          v.description(
            'Folder of the spool. Else /var/lib/rontgen for root, and ~/.local/state/rontgen for others. `:memory:` keeps it in memory: what waits is lost when the agent ends.',
          ),
        ),
        maxBytes: v.pipe(
          v.optional(bytes, '1GiB'),
          v.description('Bytes on disk from which on clients are asked to wait.'),
        ),
        maxMemory: v.pipe(
          v.optional(bytes, '32MiB'),
          v.description(
            'Bytes of waiting documents that are held in memory too; in a container at most an eighth of what it may use.',
          ),
        ),
        maxAge: v.pipe(
          v.optional(duration, '7d'),
          v.description('What cannot be delivered for so long becomes a dead letter.'),
        ),
        maxDeadLetters: v.pipe(
          v.optional(bytes, '128MiB'),
          v.description('Bytes of dead letters that are kept; then the oldest give way.'),
        ),
        sync: v.pipe(
          v.optional(v.picklist(['normal', 'full'], "'normal' or 'full'"), 'normal'),
          v.description('`normal` survives the end of the process at any instant, `full` a loss of power too.'),
        ),
        batchWait: v.pipe(
          v.optional(duration, '1s'),
          v.description('How long a request that is not full waits for more documents.'),
        ),
        stopTimeout: v.pipe(
          v.optional(duration, '10s'),
          v.description('How long a stop goes on delivering; the rest stays in the spool.'),
        ),
      }),
      {},
    ),
    v.description('What is kept until it is delivered.'),
  ),
  export: v.pipe(
    v.optional(
      v.pipe(
        v.strictObject({
          xray: v.pipe(off(xray), v.description('AWS X-Ray. Off unless set: then nothing leaves the machine.')),
          console: v.pipe(
            v.optional(v.union([v.boolean(), consoleSchema], 'true, false or an object')),
            v.description('The terminal. On if nothing is sent to X-Ray.'),
          ),
          local: v.pipe(
            v.optional(
              v.union([
                v.literal(false),
                v.pipe(v.literal(true), v.transform(() => localDefaults)),
                localSchema,
              ], 'true, false or an object'),
            ),
            v.description(
              'A store on this machine, beside the spool, that answers the X-Ray API at the admin port. On if nothing is sent to X-Ray; it can be used beside it.',
            ),
          ),
        }),
        v.check(
          ({ xray, local, console: terminal }) => xray !== false || local !== false || terminal !== false,
          'a place to send to: xray, local or console',
        ),
      ),
      {},
    ),
    v.description('Where segments go.'),
  ),
  admin: v.pipe(
    on(v.strictObject({
      host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on.')),
      port: v.pipe(v.optional(port, 4319), v.description('Port to listen on.')),
    })),
    v.description('Status, metrics and dead letters by HTTP, for `rontgen status`, monitoring and people.'),
  ),
  selfTracing: v.pipe(
    v.optional(v.boolean(), false),
    v.description("Trace the agent's own deliveries too: at most one trace in ten seconds, of the service `rontgen`."),
  ),
  logLevel: v.pipe(
    v.optional(v.picklist(['debug', 'info', 'warn', 'error'], "'debug', 'info', 'warn' or 'error'"), 'info'),
    v.description('How much is logged.'),
  ),
  logFile: v.pipe(v.optional(file), v.description('File that the log goes to; else stderr.')),
  logRotation: v.pipe(
    v.optional(v.boolean(), true),
    v.description('Begin a new log file at 50 MiB, and keep one old one.'),
  ),
})

/** What a user writes. */
export type Config = v.InferInput<typeof configSchema>
/** What code gets: every default filled in, sizes in bytes, times in milliseconds. */
export type Settings = v.InferOutput<typeof configSchema>
