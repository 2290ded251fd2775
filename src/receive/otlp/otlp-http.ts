import * as v from 'valibot'
import { defineReceiver } from '../../component/receiver.ts'
import { bytes, host, port, tls } from '../../component/values.ts'

/** OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), and gRPC-Web and Connect for browsers. */
export const otlpHttp = defineReceiver({
  name: 'otlp.http',
  label: 'OTLP over HTTP',
  description: 'OTLP over HTTP, as protobuf or JSON, by `POST /v1/traces`; gRPC-Web and Connect too.',
  transport: 'tcp',
  isRepeatable: true,
  schema: v.strictObject({
    host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on; 0.0.0.0 accepts other hosts.')),
    port: v.pipe(v.optional(port, 4318), v.description('Port to listen on.')),
    maxBodySize: v.pipe(v.optional(bytes, '20MiB'), v.description('The largest body, compressed or decompressed.')),
    allowedOrigins: v.pipe(
      v.optional(v.array(v.string()), () => []),
      v.description('Origins of web pages that may send, such as `https://shop.example.com`; `*` stands for any text.'),
    ),
    tls: v.pipe(v.optional(tls), v.description('Serve over TLS.')),
  }),
  async start(settings, next, context) {
    const { serveOtlpHttp } = await import('./serve-otlp-http.ts')
    return serveOtlpHttp(settings, next, context)
  },
})
