import type { ComponentChildren } from 'preact'
import type { RateStep } from '../../telemetry/rate-history.ts'
import type { Status } from '../../telemetry/status.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { formatBytes, formatCount } from '../kit/format.ts'
import { Icon } from '../kit/icon.tsx'
import { ExporterTable } from './exporter-table.tsx'
import './pipeline-figures.css'
import { RateBars } from './rate-bars.tsx'

/** Senders that the table of ports names. */
const MAX_SENDERS = 8
/** The shortest step of the history that says something about the current rate, in seconds. */
const MIN_STEP_SECONDS = 5

/** The four stages of the pipeline, with the figures of each. @param steps the rates of the last half hour, oldest first */
export function PipelineFigures({ status, steps }: { status: Status; steps: readonly RateStep[] }) {
  const { counts, queue } = status
  const perSecond = (countOf: (step: RateStep) => number) => (step: RateStep): number =>
    countOf(step) / Math.max(1, step.seconds)
  const received = perSecond((step) => step.received)
  const queued = perSecond((step) => step.queued)
  const sent = perSecond((step) => step.sent)
  const current = currentStep(steps)
  const now = (rate: (step: RateStep) => number): string => formatPerSecond(current === undefined ? 0 : rate(current))
  return (
    <div class='flow'>
      <Stage name='Receive' isFirst figure={now(received)} unit='spans/s' bars={steps.map(received)}>
        <Ports status={status} />
      </Stage>
      <Stage name='Translate' figure={now(queued)} unit='segments/s' bars={steps.map(queued)}>
        <Pairs
          rows={[
            ['documents', formatCount(counts.queued)],
            ['truncated to 64 KB', formatCount(counts.truncated)],
            ['rejected', formatCount(sum(counts.rejected))],
          ]}
        />
      </Stage>
      <Stage
        name='Queue'
        figure={formatCount(queue.documents)}
        unit={queue.documents === 0 ? 'wait' : `wait, oldest ${formatSeconds(queue.oldest)}`}
        bars={steps.map(({ waiting }) => waiting)}
      >
        <Pairs
          rows={[
            ['on disk', `${formatBytes(queue.bytes)} of ${formatBytes(queue.maxBytes)}`],
            ['lost', formatCount(sum(counts.dropped))],
            ['in', queue.dir],
          ]}
        />
      </Stage>
      <Stage name='Export' figure={now(sent)} unit='segments/s' bars={steps.map(sent)}>
        <ExporterTable exporters={status.exporters} />
      </Stage>
    </div>
  )
}

function Stage({ name, isFirst = false, figure, unit, bars, children }: {
  name: string
  isFirst?: boolean
  figure: string
  unit: string
  bars: readonly number[]
  children: ComponentChildren
}) {
  return (
    <div>
      {!isFirst && (
        <span class='arr'>
          <Icon name='right' />
        </span>
      )}
      <h3>{name}</h3>
      <p class='big'>
        {figure} <small>{unit}</small>
      </p>
      <RateBars values={bars} />
      {children}
    </div>
  )
}

function Ports({ status: { receivers, counts } }: { status: Status }) {
  return (
    <table class='mini'>
      <thead>
        <tr>
          <th>Port</th>
          <th class='num'>Received</th>
          <th class='num'>Rejected</th>
        </tr>
      </thead>
      <tbody>
        {receivers.map(({ name, label, address, received, rejected }) => (
          <tr key={name}>
            <td title={name}>
              {label} <span class='mono quiet'>{address}</span>
            </td>
            <td class='num'>{formatCount(received)}</td>
            <td class='num'>{formatCount(rejected)}</td>
          </tr>
        ))}
        {Object.entries(counts.senders).slice(0, MAX_SENDERS).map(([name, count]) => (
          <tr key={`by ${name}`}>
            <td class='quiet cut' title={name}>by {name}</td>
            <td class='num'>{formatCount(count)}</td>
            <td class='num' />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Pairs({ rows }: { rows: readonly (readonly [name: string, value: string])[] }) {
  return (
    <table class='mini'>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope='row'>{name}</th>
            <td class='num'>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The step that the current rate is taken from: the one that goes on says little in its first seconds. */
function currentStep(steps: readonly RateStep[]): RateStep | undefined {
  const last = steps.at(-1)
  return last !== undefined && last.seconds >= MIN_STEP_SECONDS ? last : steps.at(-2) ?? last
}

function formatPerSecond(rate: number): string {
  return rate > 0 && rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
