import { useState } from 'preact/hooks'
import type { DeadLetterInfo } from '../../telemetry/dead-letter-info.ts'
import type { RateStep } from '../../telemetry/rate-history.ts'
import type { Status } from '../../telemetry/status.ts'
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
  const { delivery } = status
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
          state={delivery.state === 'ok' ? 'ok' : 'fault'}
          word={delivery.state === 'ok' ? 'delivering' : `delivery fails for ${formatSeconds(delivery.failingFor)}`}
        />
      </div>
      <PipelineFigures status={status} steps={steps} />
      <div class='two'>
        <div class='stackbox'>
          <RecentErrors problems={status.problems} />
          <DeadLetters {...status.deadLetters} deadLetters={deadLetters} onChange={() => setChanges(changes + 1)} />
        </div>
        <ConfigValues config={config} />
      </div>
    </div>
  )
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
