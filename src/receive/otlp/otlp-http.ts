import * as v from 'valibot'
import { bytes, host, port, tls } from '../../component/values.ts'
import { serveHttp } from '../../platform/serve-http.ts'
import { bindError } from '../../net/bind-error.ts'
import { connectRoutes } from './connect-routes.ts'
import { formatAddress } from '../../net/format-address.ts'
import { defineReceiver } from '../../component/receiver.ts'
import { traceApp } from './trace-app.ts'

/** OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), and gRPC-Web and Connect for browsers. */
export const otlpHttp = defineReceiver({
  name: 'otlp.http',
  schema: v.strictObject({
    host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on; 0.0.0.0 takes from other hosts.')),
    port: v.pipe(v.optional(port, 4318), v.description('Port to listen on.')),
    maxBodySize: v.pipe(v.optional(bytes, '20MiB'), v.description('The largest body, packed or unpacked.')),
    allowedOrigins: v.pipe(
      v.optional(v.array(v.string()), () => []),
      v.description(
        'Origins of web pages that may send, as `https://shop.example.com`; `*` stands for any text.',
      ),
    ),
    tls: v.pipe(v.optional(tls), v.description('Serve by TLS.')),
  }),
  async start(settings, next, context) {
    const stopping = new AbortController()
    const routes = connectRoutes(next, settings.maxBodySize, stopping.signal)
    const app = traceApp(settings, routes, next, context)
    try {
      // The app refuses what is too long in the words of the protocol; the runtime's limit is only the last guard.
      const server = serveHttp(
        { ...settings, maxBodySize: settings.maxBodySize + (1 << 20) },
        (request, from) => app.fetch(request, { from }),
      )
      return {
        address: formatAddress(settings.host, server.port),
        async stop(deadline) {
          stopping.abort()
          await server.stop(deadline)
        },
      }
    } catch (error) {
      throw bindError('TCP', settings, error)
    }
  },
})
