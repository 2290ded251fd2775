import type { ExporterStatus } from '../../telemetry/status.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { formatClock, formatCount } from '../kit/format.ts'
import { StateMark } from '../kit/state-mark.tsx'
import './exporter-table.css'

/** The exporters of the config: figures, destination and last failure of each. */
export function ExporterTable({ exporters }: { exporters: readonly ExporterStatus[] }) {
  return (
    <table class='mini'>
      <thead>
        <tr>
          <th>Exporter</th>
          <th class='num'>Waiting</th>
          <th class='num'>Sent</th>
          <th class='num'>Retried</th>
          <th class='num'>Dead letters</th>
        </tr>
      </thead>
      {exporters.map((exporter) => (
        <tbody key={exporter.name}>
          <tr>
            <th scope='row' class='exporter'>
              {exporter.state === 'ok' ? exporter.name : <StateMark state='fault' word={exporter.name} />}
            </th>
            <td class='num'>{formatCount(exporter.waiting.documents)}</td>
            <td class='num'>{formatCount(exporter.counts.sent)}</td>
            <td class='num'>{formatCount(sum(exporter.counts.retried))}</td>
            <td class='num'>{formatCount(exporter.deadLetters.count)}</td>
          </tr>
          <tr class='more'>
            <td colSpan={5} title={`${exporter.inFlight} of ${exporter.limit} requests in flight`}>
              {exporter.to}
              <Failure exporter={exporter} />
            </td>
          </tr>
        </tbody>
      ))}
    </table>
  )
}

function Failure({ exporter: { state, failingFor, lastFailure } }: { exporter: ExporterStatus }) {
  const time = lastFailure === null ? '' : formatClock(Date.parse(lastFailure.time) / 1000)
  return (
    <>
      {state === 'failing' && <div class='text'>Fails for {formatSeconds(failingFor)}</div>}
      {lastFailure !== null && <div>Last failure {time}: {lastFailure.message}</div>}
    </>
  )
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
