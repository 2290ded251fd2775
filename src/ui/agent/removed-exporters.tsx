import { useState } from 'preact/hooks'
import type { RemovedExporterStatus } from '../../telemetry/status.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { ErrorText } from '../kit/error-text.tsx'
import { formatBytes, formatCount } from '../kit/format.ts'
import { ExporterChoice } from './exporter-choice.tsx'
import './removed-exporters.css'
import { useAgentChange } from './use-agent-change.ts'

/**
 * What is kept for exporters that the config no longer has, to be moved to another one or dropped.
 *
 * @param exporters the names of those that the config has
 * @param onChange is called after something was moved or dropped
 */
export function RemovedExporters({ removed, exporters, onChange }: {
  removed: readonly RemovedExporterStatus[]
  exporters: readonly string[]
  onChange: () => void
}) {
  const { problem, change } = useAgentChange(onChange)
  if (removed.length === 0 && problem === '') return null
  return (
    <div class='box'>
      <div class='hd'>
        <h2 class='grow'>
          Removed exporters <span class='mute light'>not in the config; delivered if they return to it</span>
        </h2>
        <ErrorText text={problem} />
      </div>
      <table class='tt wrap'>
        <tbody>
          {removed.map((exporter) => (
            <RemovedExporter
              key={exporter.name}
              removed={exporter}
              exporters={exporters}
              onMove={(to) => change('/queue/move', { exporter: exporter.name, to })}
              onDrop={() => change('/queue/drop', { exporter: exporter.name })}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function RemovedExporter({ removed, exporters, onMove, onDrop }: {
  removed: RemovedExporterStatus
  exporters: readonly string[]
  onMove: (to: string) => void
  onDrop: () => void
}) {
  const { name, documents, oldest } = removed
  const [choice, setChoice] = useState('')
  const to = exporters.includes(choice) ? choice : exporters[0]
  const kept = describeKept(removed)
  return (
    <tr>
      <th scope='row' class='gone'>{name}</th>
      <td>{kept}{documents === 0 ? '' : `, the oldest ${formatSeconds(oldest)} old`}</td>
      <td class='does'>
        {exporters.length > 1 && (
          <ExporterChoice
            label={`Exporter to move what is kept for ${name} to`}
            exporters={exporters}
            chosen={to ?? ''}
            onChoose={setChoice}
          />
        )}
        {to !== undefined && <button type='button' class='btn' onClick={() => onMove(to)}>Move to {to}</button>}
        <button
          type='button'
          class='btn'
          onClick={() => confirm(`Drop ${kept} of ${name}?`) && onDrop()}
        >
          Drop
        </button>
      </td>
    </tr>
  )
}

/** Such as `200 documents (34.1 kB) and 1 dead letter`. */
function describeKept({ documents, bytes, deadLetters }: RemovedExporterStatus): string {
  const parts = [
    ...(documents === 0 ? [] : [`${countOf(documents, 'document')} (${formatBytes(bytes)})`]),
    ...(deadLetters.count === 0 ? [] : [countOf(deadLetters.count, 'dead letter')]),
  ]
  return parts.join(' and ')
}

function countOf(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`
}
