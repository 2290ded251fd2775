import { readFileSync } from 'node:fs'
import * as http2 from 'node:http2'
import { untilAborted } from '../../async/until-aborted.ts'
import type { Next, ReceiverContext, RunningReceiver } from '../../component/receiver.ts'
import type { TlsSettings } from '../../component/values.ts'
import { bindError } from '../../net/bind-error.ts'
import { formatAddress } from '../../net/format-address.ts'
import { certificateWatch } from '../certificate-watch.ts'
import { connectRoutes, EXPORT_PATH } from './connect-routes.ts'
import { guardDescriptors } from '../../platform/guard-descriptors.ts'
import { ConnectionLimits } from './connection-limits.ts'
import { KeepaliveManager, type KeepaliveSettings } from './keepalive-manager.ts'
import { serveExport } from './serve-export.ts'
import { serveUniversal } from './serve-universal.ts'

/** Settings of the gRPC server; sizes in bytes, times in milliseconds. */
export interface OtlpGrpcSettings extends KeepaliveSettings {
  readonly host: string
  readonly port: number
  readonly maxMessageSize: number
  readonly tls?: TlsSettings | undefined
}

/** How long the listening socket may take to close once its sessions are gone, in milliseconds. */
const CLOSE_MS = 100

/** What a client may send before it hears that it was read, in bytes: a large message over a slow line waits less often. */
const WINDOW_BYTES = 1 << 22
/** What is announced to clients: how many calls of one connection may be open, and how long their headers may be. */
const SETTINGS: http2.Settings = {
  maxConcurrentStreams: 256,
  maxHeaderListSize: 1 << 14,
  initialWindowSize: WINDOW_BYTES,
}

/** Serves gRPC: the one unary call that exporters make without Connect, everything else by its handlers. */
export async function serveOtlpGrpc(
  settings: OtlpGrpcSettings,
  next: Next,
  context: ReceiverContext,
): Promise<RunningReceiver> {
  const { report } = context
  const routes = connectRoutes(next, settings.maxMessageSize, context)
  const handlers = new Map(routes.handlers.map((handler) => [handler.requestPath, handler]))
  const server = settings.tls === undefined
    ? http2.createServer({ settings: SETTINGS })
    : http2.createSecureServer({ ...readTls(settings.tls), settings: SETTINGS })
  const keepalive = new KeepaliveManager(settings)
  const limits = new ConnectionLimits((reason) => report.connectionClosed(reason))
  server.on('session', (session: http2.ServerHttp2Session) => {
    keepalive.track(session)
    limits.track(session)
    // The window of the connection, which settings do not change.
    if (!session.destroyed) session.setLocalWindowSize(WINDOW_BYTES)
  })
  server.on('stream', (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => {
    stream.on('close', limits.begin(stream.session))
    stream.on('error', () => stream.destroyed || stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR))
    if (isPlainExport(headers)) serveExport(stream, headers, next, settings.maxMessageSize, context)
    else void serveUniversal(stream, headers, handlers, context)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(bindError('TCP', settings, error)))
    server.listen(settings.port, settings.host, () => resolve())
  })
  server.on('error', (error) => report.requestFailed(error.message))
  const unguard = guardDescriptors((descriptors) => {
    report.descriptorsShort(descriptors)
    limits.closeIdle()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : settings.port
  return {
    address: formatAddress(settings.host, port),
    hasNewCertificates: certificateWatch(settings.tls, report),
    async stop(deadline) {
      unguard()
      limits.stop()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await keepalive.stop(deadline)
      await Promise.race([closed, untilAborted(AbortSignal.timeout(CLOSE_MS))])
    },
  }
}

/** True for an export call in the one form that all exporters use; other forms are left to Connect. */
function isPlainExport(headers: http2.IncomingHttpHeaders): boolean {
  if (headers[':path'] !== EXPORT_PATH || headers[':method'] !== 'POST') return false
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
