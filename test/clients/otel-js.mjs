// An application with the OpenTelemetry SDK for JavaScript. Usage: otel-js.mjs grpc|proto|json URL none|gzip
// Sends a trace of three spans, and prints their ids as JSON.
import { context, SpanKind, trace } from '@opentelemetry/api'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

const [protocol, url, compression] = process.argv.slice(2)
const Exporter = { grpc: GrpcExporter, proto: ProtoExporter, json: JsonExporter }[protocol]
const exporter = new Exporter({ url: protocol === 'grpc' ? url : `${url}/v1/traces`, compression })
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'js-shop' }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
})
const tracer = provider.getTracer('test')
const root = tracer.startSpan('GET /orders', { kind: SpanKind.SERVER })
const inside = trace.setSpan(context.active(), root)
const query = tracer.startSpan('SELECT orders', {
  kind: SpanKind.CLIENT,
  attributes: { 'db.system': 'postgresql', 'db.name': 'orders' },
}, inside)
query.end()
const work = tracer.startSpan('price', {}, inside)
work.recordException(new Error('no price'))
work.end()
root.end()
await provider.forceFlush()
await provider.shutdown()
const ids = (span) => ({ trace: span.spanContext().traceId, id: span.spanContext().spanId })
console.log(JSON.stringify({ root: ids(root), children: [ids(query), ids(work)] }))
