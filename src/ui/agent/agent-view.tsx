import { useState } from 'preact/hooks'
import type { DeadLetterInfo } from '../../telemetry/dead-letter-info.ts'
import type { RateStep } from '../../telemetry/rate-history.ts'
import type { ExporterStatus, Status } from '../../telemetry/status.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { readAgent } from '../api.ts'
import { usePolled } from '../hooks/use-polled.ts'
import { useProblem } from '../hooks/use-problem.ts'
import { Loading } from '../kit/loading.tsx'
import { StateMark } from '../kit/state-mark.tsx'
import './agent-view.css'
import { type ConfigAnswer, ConfigValues } from './config-values.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { PipelineFigures } from './pipeline-figures.tsx'
import { RecentErrors } from './recent-errors.tsx'
import { RemovedExporters } from './removed-exporters.tsx'

interface Answers {
  readonly status: Status
  readonly deadLetters: readonly DeadLetterInfo[]
  readonly steps: readonly RateStep[]
  readonly config: ConfigAnswer
}

/** What the agent receives, queues, sends and could not send. */
export function AgentView({ isLive }: { isLive: boolean }) {
  const [changes, setChanges] = useState(0)
  const { data, problem } = usePolled(`agent ${changes}`, isLive, readAll, {
    minIntervalMs: 2000,
    maxIntervalMs: 2000,
  })
  useProblem(problem)
  if (data === undefined) return <Loading />
  const { status, deadLetters, steps, config } = data
  const exporters = status.exporters.map(({ name }) => name)
  const onChange = (): void => setChanges((count) => count + 1)
  return (
    <div class='agent'>
      <div class='row'>
        <h2 class='grow'>
          Agent{' '}
          <span class='mute light'>
            rontgen {status.version}, process {status.pid}, up {formatSeconds(status.uptime)}
          </span>
        </h2>
        <DeliveryState exporters={status.exporters} />
      </div>
      <PipelineFigures status={status} steps={steps} />
      <div class='two'>
        <div class='stackbox'>
          <RecentErrors problems={status.problems} />
          <RemovedExporters removed={status.removedExporters} exporters={exporters} onChange={onChange} />
          <DeadLetters {...status.deadLetters} deadLetters={deadLetters} exporters={exporters} onChange={onChange} />
        </div>
        <ConfigValues config={config} />
      </div>
    </div>
  )
}

function DeliveryState({ exporters }: { exporters: readonly ExporterStatus[] }) {
  const failing = exporters.filter(({ state }) => state === 'failing')
  if (failing.length === 0) return <StateMark state='ok' word='delivering' />
  const names = failing.map(({ name }) => name).join(', ')
  const longest = Math.max(...failing.map(({ failingFor }) => failingFor))
  return <StateMark state='fault' word={`delivery to ${names} fails for ${formatSeconds(longest)}`} />
}

async function readAll(): Promise<Answers> {
  const [status, { deadLetters }, { steps }, config] = await Promise.all([
    readAgent<Status>('/status'),
    readAgent<{ deadLetters: DeadLetterInfo[] }>('/dead-letters?limit=50'),
    readAgent<{ steps: RateStep[] }>('/rates'),
    readAgent<ConfigAnswer>('/config'),
  ])
  return { status, deadLetters, steps, config }
}
