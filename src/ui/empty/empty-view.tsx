import { useEffect, useState } from 'preact/hooks'
import type { Status } from '../../telemetry/status.ts'
import { readAgent } from '../api.ts'
import { ImportButton } from '../kit/import-button.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { CopyableText } from './copyable-text.tsx'
import { DemoButton } from './demo-button.tsx'
import './empty-view.css'
import { type Addresses, sdkSettings } from './sdk-settings.ts'

const STATUS_INTERVAL_MS = 2000

/** How to send the first trace, while the store has none. */
export function EmptyView() {
  const status = useStatus()
  const listening = status?.listening ?? {}
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
          <OpenPorts receivers={status?.receivers ?? []} admin={listening['admin']} />
          <p class='row mute'>
            <span class='live'>
              <i class='dot' />
            </span>
            Waiting. {spansIn(status)} spans in {Math.round(status?.uptime ?? 0)} s on all ports
          </p>
          <p class='mute'>
            Sent something and see nothing? <code>rontgen doctor</code> names what is wrong, <code>rontgen verify</code>
            {' '}
            sends a trace the whole way.
          </p>
        </div>
        <div class='step'>
          <h2>Settings for your application</h2>
          <Settings
            addresses={{
              otlpHttp: listening['otlp.http'] ?? '127.0.0.1:4318',
              xrayUdp: listening['xray.udp'] ?? '127.0.0.1:2000',
              xrayProxy: listening['xray.proxy'] ?? '127.0.0.1:2000',
            }}
          />
        </div>
      </div>
      <div class='cols'>
        <div class='step'>
          <h2>No application at hand?</h2>
          <p>
            Run the sample shop. It sends about 5 traces a second, with a few faults to find, and ends after 10 minutes.
          </p>
          <DemoButton />
          <CopyableText text='rontgen demo --traffic' />
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

function useStatus(): Status | undefined {
  const [status, setStatus] = useState<Status | undefined>(undefined)
  useEffect(() => {
    const read = (): void => void readAgent<Status>('/status').then(setStatus, () => {})
    read()
    const timer = setInterval(read, STATUS_INTERVAL_MS)
    return () => clearInterval(timer)
  }, [])
  return status
}

function spansIn(status: Status | undefined): number {
  return Object.values(status?.counts.received ?? {}).reduce((sum, count) => sum + count, 0)
}

function OpenPorts({ receivers, admin }: { receivers: Status['receivers']; admin: string | undefined }) {
  const ports = [...receivers, ...admin === undefined ? [] : [{ label: 'This page, X-Ray API', address: admin }]]
  return (
    <div class='box'>
      <table class='mini'>
        <tbody>
          {ports.map(({ label, address }) => (
            <tr key={address + label}>
              <td>{label}</td>
              <td class='mono num'>{address}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Settings({ addresses }: { addresses: Addresses }) {
  const [language, setLanguage] = useState('Node.js')
  return (
    <div class='box'>
      <Tabs
        label='Language'
        tabs={Object.keys(sdkSettings).map((name) => ({ name, href: '?' }))}
        selected={language}
        onSelect={setLanguage}
      />
      <CopyableText text={sdkSettings[language]?.(addresses) ?? ''} />
    </div>
  )
}
