import { readFileSync } from 'node:fs'
import * as http2 from 'node:http2'
import * as v from 'valibot'
import { bytes, duration, host, port, tls, type TlsSettings } from '../../component/values.ts'
import { bindError } from '../../net/bind-error.ts'
import { connectRoutes, EXPORT_PATH } from './connect-routes.ts'
import { formatAddress } from '../../net/format-address.ts'
import { defineReceiver } from '../../component/receiver.ts'
import { serveExport } from './serve-export.ts'
import { serveUniversal } from './serve-universal.ts'
import { KeepaliveManager } from './keepalive-manager.ts'

/** OTLP over gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc), in the clear (h2c) or by TLS. */
export const otlpGrpc = defineReceiver({
  name: 'otlp.grpc',
  schema: v.strictObject({
    host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on; 0.0.0.0 takes from other hosts.')),
    port: v.pipe(v.optional(port, 4317), v.description('Port to listen on.')),
    maxMessageSize: v.pipe(v.optional(bytes, '20MiB'), v.description('The largest message, packed or unpacked.')),
    tls: v.pipe(v.optional(tls), v.description('Serve by TLS.')),
    keepaliveTime: v.pipe(v.optional(duration, '2h'), v.description('A connection that is silent so long is pinged.')),
    keepaliveTimeout: v.pipe(
      v.optional(duration, '20s'),
      v.description('A ping that is not answered so long ends the connection.'),
    ),
    maxConnectionAge: v.pipe(
      v.optional(duration),
      v.description('A connection this old is asked to close, so that clients spread anew behind a load balancer.'),
    ),
  }),
  async start(settings, next, { events, inFlight }) {
    const stopping = new AbortController()
    const routes = connectRoutes(next, settings.maxMessageSize, stopping.signal)
    const handlers = new Map(routes.handlers.map((handler) => [handler.requestPath, handler]))
    const server = settings.tls === undefined ? http2.createServer() : http2.createSecureServer(readTls(settings.tls))
    const keeper = new KeepaliveManager(settings)
    server.on('session', (session: http2.ServerHttp2Session) => keeper.track(session))
    server.on('stream', (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
      stream.on('error', () => stream.destroyed || stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR))
      const isFast = headers[':path'] === EXPORT_PATH && headers[':method'] === 'POST' && isPlainCall(headers)
      if (isFast) serveExport(stream, headers, next, settings.maxMessageSize, { events, inFlight })
      else void serveUniversal(stream, headers, handlers, inFlight)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(bindError('TCP', settings, error)))
      server.listen(settings.port, settings.host, () => resolve())
    })
    server.on('error', (error) => events.requestFailed('otlp.grpc', error.message))
    const address = server.address()
    return {
      address: formatAddress(
        settings.host,
        typeof address === 'object' && address !== null ? address.port : settings.port,
      ),
      async stop(deadline) {
        stopping.abort()
        const closed = new Promise<void>((resolve) => server.close(() => resolve()))
        await keeper.stop(deadline)
        await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 100).unref())])
      },
    }
  },
})

/** True for a call in the one form that all exporters use; what is odd is left to Connect. */
function isPlainCall(headers: http2.IncomingHttpHeaders): boolean {
  const type = headers['content-type']
  const encoding = headers['grpc-encoding']
  return (type === 'application/grpc' || type === 'application/grpc+proto') &&
    (encoding === undefined || encoding === 'identity' || encoding === 'gzip')
}

function readTls({ cert, key, clientCa }: TlsSettings): http2.SecureServerOptions {
  return {
    cert: readFileSync(cert),
    key: readFileSync(key),
    minVersion: 'TLSv1.2',
    ...(clientCa === undefined ? {} : { ca: readFileSync(clientCa), requestCert: true, rejectUnauthorized: true }),
  }
}
