import { context, propagation, type Tracer } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

/** Tracing by the OpenTelemetry SDK, set up as in any application. */
export class Tracing {
  readonly #providers = new Map<string, NodeTracerProvider>()

  /** @param endpoint of OTLP over HTTP, such as `http://127.0.0.1:4318` */
  constructor(private readonly endpoint: string) {}

  /** The tracer of a service. @param attributes added to its resource when the service is first named */
  tracer(service: string, attributes: Record<string, string> = {}): Tracer {
    let provider = this.#providers.get(service)
    if (provider === undefined) {
      const exporter = new OTLPTraceExporter({ url: `${this.endpoint}/v1/traces` })
      provider = new NodeTracerProvider({
        resource: defaultResource().merge(resourceFromAttributes({ 'service.name': service, ...attributes })),
        spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 500 })],
      })
      // The context manager and the propagator are global: the first provider registers them.
      if (this.#providers.size === 0) provider.register()
      this.#providers.set(service, provider)
    }
    return provider.getTracer('rontgen-demo')
  }

  /** Sends the spans that were not sent yet, and stops tracing. */
  async stop(): Promise<void> {
    await Promise.all([...this.#providers.values()].map((provider) => provider.shutdown().catch(() => {})))
    context.disable()
    propagation.disable()
  }
}
