import * as v from 'valibot'
import { file, host, port } from '../component/values.ts'
import { queueSchema } from '../queue/queue-schema.ts'
import { translateSchema } from '../translate/translate-schema.ts'
import { exportSchema } from './export-schema.ts'
import { receiveSchema } from './receive-schema.ts'
import { onByDefault } from './switch-schema.ts'

/** The whole config. Defaults are defined in schemas only. */
export const configSchema = v.strictObject({
  receive: v.pipe(
    v.optional(receiveSchema, {}),
    v.description(
      'Receivers. Each is on; `false` turns one off, such as `receive.otlp.grpc`, or a group, such as `receive.otlp`.',
    ),
  ),
  translate: v.pipe(
    v.optional(translateSchema, {}),
    v.description('How OpenTelemetry spans become X-Ray segments.'),
  ),
  queue: v.pipe(
    v.optional(queueSchema, {}),
    v.description('The queue on disk, which keeps documents until they are delivered.'),
  ),
  export: v.pipe(
    v.optional(exportSchema, {}),
    v.description(
      'Exporters, each with its own queue. A further exporter of a kind gets a name: `audit: xray({ … })`.',
    ),
  ),
  admin: v.pipe(
    onByDefault(v.strictObject({
      host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on.')),
      port: v.pipe(v.optional(port, 4319), v.description('Port to listen on.')),
    })),
    v.description('The admin port: status, metrics, dead letters and the web page over HTTP. `false` turns it off.'),
  ),
  selfTracing: v.pipe(
    v.optional(v.boolean(), false),
    v.description("Trace the agent's own deliveries, as the service `rontgen`: at most one trace per ten seconds."),
  ),
  logLevel: v.pipe(
    v.optional(v.picklist(['debug', 'info', 'warn', 'error'], "'debug', 'info', 'warn' or 'error'"), 'info'),
    v.description('The least severe level that is logged.'),
  ),
  logFile: v.pipe(v.optional(file), v.description('File that the log goes to; else stderr.')),
  logRotation: v.pipe(
    v.optional(v.boolean(), true),
    v.description('Start a new log file at 50 MiB, and keep one old file.'),
  ),
})

/** What a config file may export. */
export type Config = v.InferInput<typeof configSchema>
/** What code is given: every default filled in, sizes in bytes, durations in milliseconds. */
export type Settings = v.InferOutput<typeof configSchema>
