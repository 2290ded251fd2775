import { useState } from 'preact/hooks'

const settings: Readonly<Record<string, string>> = {
  'OpenTelemetry, any language':
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nOTEL_TRACES_EXPORTER=otlp',
  'OpenTelemetry over gRPC': 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317\nOTEL_EXPORTER_OTLP_PROTOCOL=grpc',
  'Java agent':
    'java -javaagent:opentelemetry-javaagent.jar -Dotel.exporter.otlp.endpoint=http://127.0.0.1:4318 -jar app.jar',
  'X-Ray SDKs': 'AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000',
}

/** What an empty store teaches. It turns into the map with the first trace. */
export function EmptyView() {
  return (
    <div class='empty'>
      <div>
        <h2 class='big'>No trace has come yet</h2>
        <p class='lead'>
          Point an application at these ports, or run the sample application. The map shows by itself with the first
          trace.
        </p>
      </div>
      <div class='step'>
        <h2>Try it</h2>
        <Copy text='rontgen demo --traffic' />
      </div>
      {Object.entries(settings).map(([title, text]) => (
        <div key={title} class='step'>
          <h2>{title}</h2>
          <Copy text={text} />
        </div>
      ))}
    </div>
  )
}

function Copy({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = (): void => void navigator.clipboard.writeText(text).then(() => setCopied(true))
  return (
    <div class='copy'>
      <pre class='box'>{text}</pre>
      <button type='button' class='btn' onClick={copy}>{isCopied ? 'Copied' : 'Copy'}</button>
    </div>
  )
}
