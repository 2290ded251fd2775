import { useState } from 'preact/hooks'
import type { DeadLetterInfo } from '../../telemetry/dead-letter-info.ts'
import { ErrorText } from '../kit/error-text.tsx'
import { formatBytes, formatClock, formatCount } from '../kit/format.ts'
import './dead-letters.css'
import { ExporterChoice } from './exporter-choice.tsx'
import { useAgentChange } from './use-agent-change.ts'

/**
 * The segments that could not be sent, to be sent again, by the exporter of each or by another one, or dropped.
 *
 * @param count of all of them
 * @param bytes of all of them
 * @param deadLetters some of them
 * @param exporters the names of those that the config has
 * @param onChange is called after some were sent again or dropped
 */
export function DeadLetters({ count, bytes, deadLetters, exporters, onChange }: {
  count: number
  bytes: number
  deadLetters: readonly DeadLetterInfo[]
  exporters: readonly string[]
  onChange: () => void
}) {
  const { problem, change } = useAgentChange(onChange)
  const [choice, setChoice] = useState('')
  const to = exporters.includes(choice) ? choice : undefined
  const hasOthers = deadLetters.some(({ exporter }) => exporters.some((name) => name !== exporter))
  const retry = (ids: readonly number[] | 'all'): void =>
    change('/dead-letters/retry', { ids, ...(to === undefined ? {} : { to }) })
  const drop = (ids: readonly number[] | 'all'): void => change('/dead-letters/drop', { ids })
  return (
    <div class='box'>
      <div class='hd dead'>
        <h2 class='grow'>
          Dead letters <span class='mute light'>{formatCount(count)}{count > 0 ? `, ${formatBytes(bytes)}` : ''}</span>
        </h2>
        <ErrorText text={problem} />
        {hasOthers && (
          <ExporterChoice
            label='Exporter to send dead letters to'
            none='The exporter of each'
            exporters={exporters}
            chosen={to ?? ''}
            onChoose={setChoice}
          />
        )}
        {deadLetters.length > 0 && (
          <>
            <button type='button' class='btn' onClick={() => retry('all')}>
              {to === undefined ? 'Send all again' : `Send all to ${to}`}
            </button>
            <button
              type='button'
              class='btn'
              onClick={() => confirm(`Drop all ${count} dead letters?`) && drop('all')}
            >
              Drop all
            </button>
          </>
        )}
      </div>
      {deadLetters.length > 0 && (
        <table class='tt wrap deadlist'>
          <thead>
            <tr>
              <th class='time'>Time</th>
              <th class='by'>Exporter</th>
              <th class='by'>Segment</th>
              <th>Message</th>
              <th class='acts'>
                <span class='visually-hidden'>Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {deadLetters.map((deadLetter) => (
              <DeadLetter
                key={deadLetter.id}
                deadLetter={deadLetter}
                to={to}
                onRetry={() => retry([deadLetter.id])}
                onDrop={() => confirm('Drop it?') && drop([deadLetter.id])}
              />
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

function DeadLetter({ deadLetter, to, onRetry, onDrop }: {
  deadLetter: DeadLetterInfo
  to: string | undefined
  onRetry: () => void
  onDrop: () => void
}) {
  const { time, exporter, name, message, document } = deadLetter
  return (
    <tr>
      <td class='mono'>{formatClock(Date.parse(time) / 1000)}</td>
      <td class='by-exporter'>{exporter}</td>
      <td>{name}</td>
      <td>
        {message}
        <details>
          <summary>Show</summary>
          <pre class='box'>{document}</pre>
        </details>
      </td>
      <td>
        <button type='button' class='btn' onClick={onRetry}>
          {to === undefined ? 'Send again' : `Send to ${to}`}
        </button>{' '}
        <button type='button' class='btn' onClick={onDrop}>Drop</button>
      </td>
    </tr>
  )
}
