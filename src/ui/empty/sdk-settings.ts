/** The addresses that an application sends to, as `HOST:PORT`. */
export interface Addresses {
  readonly otlpHttp: string
  readonly xrayUdp: string
  /** The sampling proxy of X-Ray's SDKs. */
  readonly xrayProxy: string
}

const otel = (address: string): string =>
  `export OTEL_SERVICE_NAME=my-service\nexport OTEL_TRACES_EXPORTER=otlp\nexport OTEL_EXPORTER_OTLP_ENDPOINT=http://${address}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`

/** What to type so that an application sends traces, by its language or SDK. */
export const sdkSettings: Readonly<Record<string, (addresses: Addresses) => string>> = {
  'Node.js': ({ otlpHttp }) =>
    `npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node\n\n${
      otel(otlpHttp)
    }\n\nnode --require @opentelemetry/auto-instrumentations-node/register app.js`,
  Python: ({ otlpHttp }) =>
    `pip install opentelemetry-distro opentelemetry-exporter-otlp\nopentelemetry-bootstrap -a install\n\n${
      otel(otlpHttp)
    }\n\nopentelemetry-instrument python app.py`,
  Java: ({ otlpHttp }) => `${otel(otlpHttp)}\n\njava -javaagent:opentelemetry-javaagent.jar -jar app.jar`,
  Go: ({ otlpHttp }) =>
    `${
      otel(otlpHttp)
    }\n\n// go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp reads them:\n// exporter, err := otlptracehttp.New(ctx)`,
  '.NET': ({ otlpHttp }) =>
    `${
      otel(otlpHttp)
    }\n\n// builder.Services.AddOpenTelemetry().WithTracing(t => t\n//   .AddAspNetCoreInstrumentation().AddOtlpExporter());`,
  'X-Ray SDK': ({ xrayUdp, xrayProxy }) =>
    xrayUdp === xrayProxy
      ? `export AWS_XRAY_DAEMON_ADDRESS=${xrayUdp}`
      : `export AWS_XRAY_DAEMON_ADDRESS="udp:${xrayUdp} tcp:${xrayProxy}"`,
}
