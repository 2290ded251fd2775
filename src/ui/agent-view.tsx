import { formatSeconds } from '../local/format-seconds.ts'
import { useState } from 'preact/hooks'
import type { LetterInfo } from '../admin/agent-view.ts'
import type { Status } from '../telemetry/status.ts'
import { callApi, readAgent } from './api.ts'
import { formatBytes, formatCount } from './format.ts'
import { StateMark } from './outcome.tsx'
import { usePolled } from './use-polled.ts'

/** What the agent receives, keeps, sends and could not send. */
export function AgentView({ isLive, onProblem }: { isLive: boolean; onProblem: (text: string) => void }) {
  const [changes, setChanges] = useState(0)
  const { data, problem } = usePolled(`agent ${changes}`, isLive, async () => ({
    status: await readAgent<Status>('/status'),
    letters: (await readAgent<{ letters: LetterInfo[] }>('/dead-letters?limit=50')).letters,
  }))
  onProblem(problem)
  if (data === undefined) return null
  const { status, letters } = data
  const { counts, queue, delivery } = status
  const change = (verb: 'retry' | 'drop', ids: readonly number[] | 'all'): void =>
    void callApi(`/dead-letters/${verb}`, { ids }).then(() => setChanges(changes + 1))
  return (
    <div class='agent'>
      <div class='flow'>
        <Stage
          title='Receive'
          rows={Object.entries(status.listening).filter(([name]) => name !== 'admin').map((
            [name, address],
          ) => [
            name,
            `${address}, ${formatCount(counts.received[name] ?? 0)} received, ${
              formatCount(counts.refused[name] ?? 0)
            } refused`,
          ])}
        />
        <Stage
          title='Translate'
          rows={[['documents', formatCount(counts.queued)], ['cut to 64 KB', formatCount(counts.cut)]]}
        />
        <Stage
          title='Queue'
          rows={[
            ['waiting', formatCount(queue.documents)],
            ['on disk', `${formatBytes(queue.bytes)} of ${formatBytes(queue.maxBytes)}`],
            ['oldest', formatSeconds(queue.oldest)],
            ['lost', formatCount(sum(counts.dropped))],
          ]}
        />
        <Stage
          title='Export'
          rows={[['to', delivery.to], ['sent', formatCount(counts.sent)], [
            'sent again',
            formatCount(sum(counts.retried)),
          ], ['in flight', `${delivery.inFlight} of ${delivery.limit}`]]}
        >
          <StateMark
            state={delivery.state === 'ok' ? 'ok' : 'fault'}
            word={delivery.state === 'ok' ? 'ok' : `failing for ${formatSeconds(delivery.failingFor)}`}
          />
        </Stage>
      </div>
      <div class='box'>
        <div class='hd'>
          <h2 class='grow'>Last failure of delivery</h2>
        </div>
        <p style='padding:12px 16px'>
          {delivery.lastFailure === null ? 'None' : `${delivery.lastFailure.time}  ${delivery.lastFailure.message}`}
        </p>
      </div>
      <div class='box'>
        <div class='hd'>
          <h2 class='grow'>Dead letters {status.deadLetters.count}</h2>
          {letters.length > 0 && (
            <button type='button' class='btn' onClick={() => change('retry', 'all')}>Send all again</button>
          )}
          {letters.length > 0 && (
            <button
              type='button'
              class='btn'
              onClick={() => confirm(`Drop all ${status.deadLetters.count} dead letters?`) && change('drop', 'all')}
            >
              Drop all
            </button>
          )}
        </div>
        <table class='tt wrap'>
          <tbody>
            {letters.map(({ id, time, name, message }) => (
              <tr key={id}>
                <td style='width:200px'>{time}</td>
                <td style='width:160px'>{name}</td>
                <td>{message}</td>
                <td style='width:180px'>
                  <button type='button' class='btn' onClick={() => change('retry', [id])}>Send again</button>{' '}
                  <button type='button' class='btn' onClick={() => change('drop', [id])}>Drop</button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class='quiet'>
        rontgen {status.version}, process {status.pid}, up {formatSeconds(status.uptime)}; config{' '}
        {status.config ?? 'the defaults'}; spool {queue.dir}
      </p>
    </div>
  )
}

function Stage(
  { title, rows, children }: {
    title: string
    rows: readonly (readonly [string, string])[]
    children?: preact.ComponentChildren
  },
) {
  return (
    <div>
      <div class='row'>
        <h2 class='grow'>{title}</h2>
        {children}
      </div>
      <table class='mini'>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope='row'>{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function sum(by: Readonly<Record<string, number>>): number {
  return Object.values(by).reduce((total, count) => total + count, 0)
}
