import { useEffect, useState } from 'preact/hooks'
import type { Status } from '../telemetry/status.ts'
import { callApi, readAgent } from './api.ts'
import { ImportButton } from './import-button.tsx'
import { Icon } from './outcome.tsx'

const otel = (http: string): string =>
  `export OTEL_SERVICE_NAME=my-service\nexport OTEL_TRACES_EXPORTER=otlp\nexport OTEL_EXPORTER_OTLP_ENDPOINT=http://${http}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`

/** Where things listen. */
interface Ports {
  readonly http: string
  readonly udp: string
  readonly proxy: string
}

/** What to type, by language. */
const settings: Readonly<Record<string, (ports: Ports) => string>> = {
  'Node.js': ({ http }) =>
    `npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node\n\n${
      otel(http)
    }\n\nnode --require @opentelemetry/auto-instrumentations-node/register app.js`,
  Python: ({ http }) =>
    `pip install opentelemetry-distro opentelemetry-exporter-otlp\nopentelemetry-bootstrap -a install\n\n${
      otel(http)
    }\n\nopentelemetry-instrument python app.py`,
  Java: ({ http }) => `${otel(http)}\n\njava -javaagent:opentelemetry-javaagent.jar -jar app.jar`,
  Go: ({ http }) =>
    `${
      otel(http)
    }\n\n// go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp reads them:\n// exporter, err := otlptracehttp.New(ctx)`,
  '.NET': ({ http }) =>
    `${
      otel(http)
    }\n\n// builder.Services.AddOpenTelemetry().WithTracing(t => t\n//   .AddAspNetCoreInstrumentation().AddOtlpExporter());`,
  'X-Ray SDK': ({ udp, proxy }) =>
    udp === proxy
      ? `export AWS_XRAY_DAEMON_ADDRESS=${udp}`
      : `export AWS_XRAY_DAEMON_ADDRESS="udp:${udp} tcp:${proxy}"`,
}

/** What an empty store teaches. It turns into the map with the first trace. */
export function EmptyView() {
  const [status, setStatus] = useState<Status | undefined>(undefined)
  const [language, setLanguage] = useState('Node.js')
  useEffect(() => {
    const read = (): void => void readAgent<Status>('/status').then(setStatus, () => {})
    read()
    const timer = setInterval(read, 2000)
    return () => clearInterval(timer)
  }, [])
  const listening = status?.listening ?? {}
  const ports: Ports = {
    http: listening['otlp.http'] ?? '127.0.0.1:4318',
    udp: listening['xray.udp'] ?? '127.0.0.1:2000',
    proxy: listening['xray.proxy'] ?? '127.0.0.1:2000',
  }
  const labels = new Map(status?.receivers.map(({ name, label }) => [name, label]))
  const received = Object.values(status?.counts.received ?? {}).reduce((sum, count) => sum + count, 0)
  return (
    <div class='empty'>
      <div>
        <h2 class='big'>No trace has come yet</h2>
        <p class='lead'>
          Point an SDK at one of these ports and call your application once. The map draws itself. Nothing leaves this
          machine.
        </p>
      </div>
      <div class='cols'>
        <div class='step'>
          <h2>Open ports</h2>
          <div class='box'>
            <table class='mini'>
              <tbody>
                {Object.entries(listening).map(([name, address]) => (
                  <tr key={name}>
                    <td>{labels.get(name) ?? 'Admin and page'}</td>
                    <td class='mono num'>{address}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class='row mute'>
            <span class='live'>
              <i class='dot' />
            </span>
            Waiting. {received} spans in {Math.round(status?.uptime ?? 0)} s on all ports
          </p>
          <p class='mute'>
            Sent something and see nothing? <code>rontgen doctor</code> names what is wrong, <code>rontgen verify</code>
            {' '}
            sends a trace the whole way.
          </p>
        </div>
        <div class='step'>
          <h2>Settings for your application</h2>
          <div class='box'>
            <div class='tabs' role='tablist' aria-label='Language'>
              {Object.keys(settings).map((name) => (
                <a
                  key={name}
                  role='tab'
                  href='?'
                  aria-selected={name === language}
                  onClick={(event) => {
                    event.preventDefault()
                    event.stopPropagation()
                    setLanguage(name)
                  }}
                >
                  {name}
                </a>
              ))}
            </div>
            <Copy text={settings[language]?.(ports) ?? ''} />
          </div>
        </div>
      </div>
      <div class='cols'>
        <div class='step'>
          <h2>No application at hand?</h2>
          <p>
            Run the sample shop. It sends about 5 traces a second, with a few faults to find, and ends after 10 minutes.
          </p>
          <Demo />
          <Copy text='rontgen demo --traffic' />
        </div>
        <div class='step'>
          <h2>A trace in a file?</h2>
          <p>A list of segment documents, as this page saves them, or what BatchGetTraces answers.</p>
          <p class='row'>
            <ImportButton />
          </p>
        </div>
      </div>
    </div>
  )
}

/** Starts the sample shop. */
function Demo() {
  const [isRunning, setRunning] = useState(false)
  const [flaw, setFlaw] = useState('')
  const run = (): void => {
    callApi<{ isRunning: boolean }>('/demo', { run: !isRunning }).then(
      (answer) => setRunning(answer.isRunning),
      (error: Error) => setFlaw(error.message),
    )
  }
  return (
    <p class='row'>
      <button type='button' class='btn pri' onClick={run}>{isRunning ? 'Stop the demo' : 'Run the demo'}</button>
      {isRunning && <span class='mute'>It starts; the first traces come in a second or two</span>}
      {flaw !== '' && (
        <span class='st error' role='status'>
          <Icon name='error' />
          {flaw}
        </span>
      )}
    </p>
  )
}

function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState('')
  const copy = (): void => void navigator.clipboard.writeText(text).then(() => setCopied(text))
  return (
    <div class='copy'>
      <pre class='box'>{text}</pre>
      <button type='button' class='btn' onClick={copy}>{copied === text ? 'Copied' : 'Copy'}</button>
    </div>
  )
}
