import { useState } from 'preact/hooks'
import { errorMessage } from '../../errors/error-message.ts'
import type { DeadLetterInfo } from '../../telemetry/dead-letter-info.ts'
import { callApi } from '../api.ts'
import { ErrorText } from '../kit/error-text.tsx'
import { formatBytes, formatClock } from '../kit/format.ts'

/**
 * The segments that could not be sent, to be sent again or dropped.
 *
 * @param count of all of them
 * @param bytes of all of them
 * @param deadLetters the newest of them
 * @param onChange is called after some were sent again or dropped
 */
export function DeadLetters({ count, bytes, deadLetters, onChange }: {
  count: number
  bytes: number
  deadLetters: readonly DeadLetterInfo[]
  onChange: () => void
}) {
  const [problem, setProblem] = useState('')
  const change = (verb: 'retry' | 'drop', ids: readonly number[] | 'all'): void => {
    const done = (text: string): void => {
      setProblem(text)
      onChange()
    }
    callApi(`/dead-letters/${verb}`, { ids }).then(() => done(''), (error: unknown) => done(errorMessage(error)))
  }
  return (
    <div class='box'>
      <div class='hd'>
        <h2 class='grow'>
          Dead letters <span class='mute light'>{count}{count > 0 ? `, ${formatBytes(bytes)}` : ''}</span>
        </h2>
        <ErrorText text={problem} />
        {deadLetters.length > 0 && (
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
          {deadLetters.map((deadLetter) => (
            <DeadLetter
              key={deadLetter.id}
              deadLetter={deadLetter}
              onRetry={() => change('retry', [deadLetter.id])}
              onDrop={() => confirm('Drop it?') && change('drop', [deadLetter.id])}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function DeadLetter({ deadLetter, onRetry, onDrop }: {
  deadLetter: DeadLetterInfo
  onRetry: () => void
  onDrop: () => void
}) {
  const { time, exporter, name, message, document } = deadLetter
  return (
    <tr>
      <td style='width:112px' class='mono'>{formatClock(Date.parse(time) / 1000)}</td>
      <td style='width:120px' title={`for the exporter ${exporter}`}>{name}</td>
      <td>
        {message}
        <details>
          <summary>Show</summary>
          <pre class='box'>{document}</pre>
        </details>
      </td>
      <td style='width:180px'>
        <button type='button' class='btn' onClick={onRetry}>Send again</button>{' '}
        <button type='button' class='btn' onClick={onDrop}>Drop</button>
      </td>
    </tr>
  )
}
