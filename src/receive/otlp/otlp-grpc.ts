import * as v from 'valibot'
import { defineReceiver } from '../../component/receiver.ts'
import { bytes, duration, host, port, tls } from '../../component/values.ts'

/** OTLP over gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc), in the clear (h2c) or by TLS. */
export const otlpGrpc = defineReceiver({
  name: 'otlp.grpc',
  label: 'OTLP over gRPC',
  description: 'OTLP over gRPC, in the clear (h2c) or by TLS, with gRPC health checks.',
  transport: 'tcp',
  isRepeatable: true,
  schema: v.strictObject({
    host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on; 0.0.0.0 accepts other hosts.')),
    port: v.pipe(v.optional(port, 4317), v.description('Port to listen on.')),
    maxMessageSize: v.pipe(
      v.optional(bytes, '20MiB'),
      v.description('The largest message, compressed or decompressed.'),
    ),
    tls: v.pipe(v.optional(tls), v.description('Serve over TLS.')),
    keepaliveTime: v.pipe(
      v.optional(duration, '2h'),
      v.description('Idle time after which a connection is pinged.'),
    ),
    keepaliveTimeout: v.pipe(
      v.optional(duration, '20s'),
      v.description('How long to wait for the answer to a ping before the connection is closed.'),
    ),
    maxConnectionAge: v.pipe(
      v.optional(duration),
      v.description(
        'Age at which a connection is closed gracefully, so that clients spread over a load balancer again.',
      ),
    ),
  }),
  async start(settings, next, context) {
    const { serveOtlpGrpc } = await import('./serve-otlp-grpc.ts')
    return await serveOtlpGrpc(settings, next, context)
  },
})
