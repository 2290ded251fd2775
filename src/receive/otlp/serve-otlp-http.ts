import type { Next, ReceiverContext, RunningReceiver } from '../../component/receiver.ts'
import type { TlsSettings } from '../../component/values.ts'
import { serveReceiver } from '../serve-receiver.ts'
import { connectRoutes } from './connect-routes.ts'
import { traceApp } from './trace-app.ts'

/** Settings of the HTTP server; sizes in bytes. */
export interface OtlpHttpSettings {
  readonly host: string
  readonly port: number
  readonly maxBodySize: number
  readonly allowedOrigins: readonly string[]
  readonly tls?: TlsSettings | undefined
}

/** The limit of the runtime exceeds that of the app, which rejects large bodies with a status of OTLP; in bytes. */
const GUARD_BYTES = 1 << 20

/** Serves OTLP over HTTP. @throws {Error} if it cannot listen */
export function serveOtlpHttp(settings: OtlpHttpSettings, next: Next, context: ReceiverContext): RunningReceiver {
  const routes = connectRoutes(next, settings.maxBodySize, context)
  const app = traceApp(settings, routes, next, context)
  const limits = { ...settings, maxBodySize: settings.maxBodySize + GUARD_BYTES }
  return serveReceiver(limits, (request, from) => app.fetch(request, { from }), context.report)
}
