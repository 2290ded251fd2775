import * as v from 'valibot'
import { file, host, port } from '../component/values.ts'
import { queueSchema } from '../queue/queue-schema.ts'
import { translateSchema } from '../translate/translate-schema.ts'
import { exportSchema } from './export-schema.ts'
import { receiveSchema } from './receive-schema.ts'
import { onByDefault } from './switch-schema.ts'

/** The whole config: the only place where a default stands. */
export const configSchema = v.strictObject({
  receive: v.pipe(
    v.optional(receiveSchema, {}),
    v.description('What is received. Each part is on; set it to `false` to turn it off.'),
  ),
  translate: v.pipe(
    v.optional(translateSchema, {}),
    v.description('How OpenTelemetry spans become X-Ray segments.'),
  ),
  queue: v.pipe(v.optional(queueSchema, {}), v.description('What is kept until it is delivered.')),
  export: v.pipe(
    v.optional(exportSchema, {}),
    v.description(
      'Where segments go. A further exporter of a kind has a name of its own: `audit: xray({ … })`; each has its own queue.',
    ),
  ),
  admin: v.pipe(
    onByDefault(v.strictObject({
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
