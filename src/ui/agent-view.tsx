import { useState } from 'preact/hooks'
import type { DeadLetterInfo } from '../telemetry/dead-letter-info.ts'
import { formatSeconds } from '../trace/format-seconds.ts'
import type { SeenProblem } from '../telemetry/problems.ts'
import type { RateStep } from '../telemetry/rate-history.ts'
import type { Status } from '../telemetry/status.ts'
import { callApi, readAgent } from './api.ts'
import { formatBytes, formatClock, formatCount } from './format.ts'
import { Icon, StateMark } from './outcome.tsx'
import { usePolled } from './use-polled.ts'

interface ConfigAnswer {
  readonly file: string | null
  readonly values: readonly { readonly path: string; readonly value: string; readonly source: string }[]
}

interface Answers {
  readonly status: Status
  readonly letters: readonly DeadLetterInfo[]
  readonly steps: readonly RateStep[]
  readonly config: ConfigAnswer
}

async function readAll(): Promise<Answers> {
  const [status, { deadLetters: letters }, { steps }, config] = await Promise.all([
    readAgent<Status>('/status'),
    readAgent<{ deadLetters: DeadLetterInfo[] }>('/dead-letters?limit=50'),
    readAgent<{ steps: RateStep[] }>('/rates'),
    readAgent<ConfigAnswer>('/config'),
  ])
  return { status, letters, steps, config }
}

/** What the agent receives, keeps, sends and could not send. */
export function AgentView({ isLive, onProblem }: { isLive: boolean; onProblem: (text: string) => void }) {
  const [changes, setChanges] = useState(0)
  const { data, problem } = usePolled(`agent ${changes}`, isLive, readAll, { leastMs: 2000, mostMs: 2000 })
  onProblem(problem)
  if (data === undefined) return <div class='wait' aria-hidden='true' />
  const { status, letters, steps, config } = data
  return (
    <div class='agent'>
      <div class='row'>
        <h2 class='grow'>
          Agent{' '}
          <span class='mute light'>
            rontgen {status.version}, process {status.pid}, up {formatSeconds(status.uptime)}
          </span>
        </h2>
        <StateMark
          state={status.delivery.state === 'ok' ? 'ok' : 'fault'}
          word={status.delivery.state === 'ok'
            ? 'delivering'
            : `delivery fails for ${formatSeconds(status.delivery.failingFor)}`}
        />
      </div>
      <Flow status={status} steps={steps} />
      <div class='two'>
        <div class='stackbox'>
          <Problems problems={status.problems} />
          <Letters status={status} letters={letters} onChange={() => setChanges(changes + 1)} />
        </div>
        <Config config={config} />
      </div>
    </div>
  )
}

function Flow({ status, steps }: { status: Status; steps: readonly RateStep[] }) {
  const { counts, queue, delivery } = status
  const perSecond = (of: (step: RateStep) => number): number => {
    // The step that goes on says little in its first seconds.
    const [before, last] = steps.slice(-2).length === 2 ? steps.slice(-2) : [undefined, steps.at(-1)]
    const step = last !== undefined && last.seconds >= 5 ? last : before ?? last
    return step === undefined ? 0 : of(step) / Math.max(1, step.seconds)
  }
  const bars = (of: (step: RateStep) => number) => <Bars values={steps.map((step) => of(step))} />
  return (
    <div class='flow'>
      <div>
        <h3>Receive</h3>
        <p class='big'>
          {rate(perSecond(({ received }) => received))} <small>spans/s</small>
        </p>
        {bars(({ received, seconds }) => received / Math.max(1, seconds))}
        <table class='mini'>
          <thead>
            <tr>
              <th>Port</th>
              <th class='num'>Received</th>
              <th class='num'>Rejected</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(status.listening).filter(([name]) => name !== 'admin').map(([name, address]) => (
              <tr key={name}>
                <td>
                  {name} <span class='mono quiet'>{address}</span>
                </td>
                <td class='num'>{formatCount(counts.received[name] ?? 0)}</td>
                <td class='num'>{formatCount(counts.rejected[name] ?? 0)}</td>
              </tr>
            ))}
            {Object.entries(counts.senders).slice(0, 8).map(([name, count]) => (
              <tr key={`by ${name}`}>
                <td class='quiet cut' title={name}>by {name}</td>
                <td class='num'>{formatCount(count)}</td>
                <td class='num' />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <Arrow />
        <h3>Translate</h3>
        <p class='big'>
          {rate(perSecond(({ queued }) => queued))} <small>segments/s</small>
        </p>
        {bars(({ queued, seconds }) => queued / Math.max(1, seconds))}
        <Pairs
          rows={[['documents', formatCount(counts.queued)], ['truncated', formatCount(counts.truncated)], [
            'rejected',
            formatCount(sum(counts.rejected)),
          ]]}
        />
      </div>
      <div>
        <Arrow />
        <h3>Queue</h3>
        <p class='big'>
          {formatCount(queue.documents)}{' '}
          <small>{queue.documents === 0 ? 'wait' : `wait, oldest ${formatSeconds(queue.oldest)}`}</small>
        </p>
        {bars(({ waiting }) => waiting)}
        <Pairs
          rows={[
            ['on disk', `${formatBytes(queue.bytes)} of ${formatBytes(queue.maxBytes)}`],
            ['lost', formatCount(sum(counts.dropped))],
            ['in', queue.dir],
          ]}
        />
      </div>
      <div>
        <Arrow />
        <h3>Export</h3>
        <p class='big'>
          {rate(perSecond(({ sent }) => sent))} <small>segments/s</small>
        </p>
        {bars(({ sent, seconds }) => sent / Math.max(1, seconds))}
        <Pairs
          rows={[
            ['to', delivery.to],
            ...status.exporters.flatMap(({ name, counts: own, deadLetters }): [string, string][] => [
              [
                name,
                `${formatCount(own.sent)} sent, ${formatCount(sum(own.retried))} again, ${deadLetters.count} dead`,
              ],
            ]),
            ['in flight', `${delivery.inFlight} of ${delivery.limit}`],
          ]}
        />
      </div>
    </div>
  )
}

function Arrow() {
  return (
    <span class='arr'>
      <Icon name='right' />
    </span>
  )
}

/** A bar for each half minute of the last half hour. */
function Bars({ values }: { values: readonly number[] }) {
  const most = Math.max(...values, 1e-9)
  const count = 60
  return (
    <svg viewBox='0 0 120 26' width='100%' height='26' preserveAspectRatio='none' aria-hidden='true'>
      {values.map((value, i) => (
        <rect
          key={i}
          x={(count - values.length + i) * 2}
          width={1.5}
          y={26 - (value / most) * 25}
          height={Math.max(value === 0 ? 0.5 : 1, (value / most) * 25)}
          fill='var(--bar)'
        />
      ))}
    </svg>
  )
}

function Pairs({ rows }: { rows: readonly (readonly [string, string])[] }) {
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

function Problems({ problems }: { problems: readonly SeenProblem[] }) {
  return (
    <div class='box'>
      <div class='hd'>
        <h2 class='grow'>Last errors</h2>
        <span class='mute'>{problems.length === 0 ? 'none since the start' : `${problems.length} kinds`}</span>
      </div>
      {problems.length > 0 && (
        <table class='tt wrap'>
          <colgroup>
            <col style='width:112px' />
            <col style='width:72px' />
            <col />
            <col style='width:64px' />
          </colgroup>
          <tbody>
            {problems.map(({ kind, time, stage, level, message, times }) => (
              <tr key={kind}>
                <td class='mono'>{formatClock(Date.parse(time) / 1000)}</td>
                <td>{stage}</td>
                <td>
                  <StateMark state={level === 'error' ? 'fault' : 'error'} word='' /> {message}
                </td>
                <td class='num'>{formatCount(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

function Letters(
  { status, letters, onChange }: { status: Status; letters: readonly DeadLetterInfo[]; onChange: () => void },
) {
  const change = (verb: 'retry' | 'drop', ids: readonly number[] | 'all'): void =>
    void callApi(`/dead-letters/${verb}`, { ids }).then(onChange)
  const { count, bytes } = status.deadLetters
  return (
    <div class='box'>
      <div class='hd'>
        <h2 class='grow'>
          Dead letters <span class='mute light'>{count}{count > 0 ? `, ${formatBytes(bytes)}` : ''}</span>
        </h2>
        {letters.length > 0 && (
          <>
            <button type='button' class='btn' onClick={() => change('retry', 'all')}>Send all again</button>
            <button
              type='button'
              class='btn'
              onClick={() => confirm(`Drop all ${count} dead letters?`) && change('drop', 'all')}
            >
              Drop all
            </button>
          </>
        )}
      </div>
      <table class='tt wrap'>
        <tbody>
          {letters.map(({ id, time, name, message, document }) => (
            <tr key={id}>
              <td style='width:112px' class='mono'>{formatClock(Date.parse(time) / 1000)}</td>
              <td style='width:120px'>{name}</td>
              <td>
                {message}
                <details>
                  <summary>Show</summary>
                  <pre class='box'>{document}</pre>
                </details>
              </td>
              <td style='width:180px'>
                <button type='button' class='btn' onClick={() => change('retry', [id])}>Send again</button>{' '}
                <button type='button' class='btn' onClick={() => confirm('Drop it?') && change('drop', [id])}>
                  Drop
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Config({ config }: { config: ConfigAnswer }) {
  const text = config.values.map(({ path, value }) => `${path}: ${value}`).join('\n')
  return (
    <div class='box'>
      <div class='hd'>
        <h2 class='grow'>
          Config <span class='mute light'>{config.file ?? 'no file, the defaults'}</span>
        </h2>
        <button type='button' class='btn' onClick={() => void navigator.clipboard.writeText(text)}>
          <Icon name='copy' />Copy
        </button>
      </div>
      <div class='cfg' tabIndex={0} role='region' aria-label='Values in force'>
        {config.values.map(({ path, value, source }) => (
          <div key={path} class={source === 'default' ? '' : 'set'}>
            <span>{path}: {value}</span>
            <span>{source}</span>
          </div>
        ))}
      </div>
    </div>
  )
}

function rate(perSecond: number): string {
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond))
}

function sum(by: Readonly<Record<string, number>>): number {
  return Object.values(by).reduce((total, count) => total + count, 0)
}
