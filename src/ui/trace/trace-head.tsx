import type { Segment, Trace } from '../../trace/assemble-trace.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { objectOf, textOf } from '../../bytes/json.ts'
import { type Outcome, outcomeOfDocument } from '../../trace/outcome.ts'
import { serviceOf } from '../../trace/service-of.ts'
import { useKeys } from '../hooks/use-keys.ts'
import { formatClock, formatCount, formatTime } from '../kit/format.ts'
import { Icon } from '../kit/icon.tsx'
import { outcomeWord, StateMark } from '../kit/state-mark.tsx'
import { exportTrace } from './export-trace.ts'
import { RootCause } from './root-cause.tsx'
import './trace-head.css'

/**
 * A trace in a few words: its request, its outcome, and where its failure begins.
 *
 * @param start Unix seconds
 * @param duration seconds
 * @param culprit the segment that its failure begins at; undefined if it did not fail
 */
export function TraceHead({ trace, start, duration, culprit }: {
  trace: Trace
  start: number
  duration: number
  culprit: Segment | undefined
}) {
  const [root] = trace.roots
  const http = objectOf(root?.document['http'])
  const segments = [...trace.segments.values()]
  const services = new Set(
    segments.filter(({ isSubsegment }) => !isSubsegment).map((segment) => serviceOf(segment).name),
  )
  const copy = (event: MouseEvent | KeyboardEvent): void => {
    const w3c = trace.id.slice(2).replace('-', '')
    void navigator.clipboard.writeText(event.altKey ? w3c : trace.id)
  }
  useKeys({ c: copy })
  return (
    <header class='thead'>
      <div class='row'>
        <h2 class='cut'>{requestOf(http) || root?.name}</h2>
        {root !== undefined && <RootOutcome root={root} status={objectOf(http['response'])['status']} />}
        <OutcomesInside segments={segments.filter((segment) => segment !== root)} />
        <span class='grow' />
        <button type='button' class='btn' onClick={() => exportTrace(trace)}>
          <Icon name='dl' />Download
        </button>
      </div>
      <div class='meta'>
        <span>
          <b>{root?.name}</b>
        </span>
        <span>
          <b>{formatSeconds(duration)}</b>
        </span>
        <span title={formatTime(start)}>{formatClock(start)}</span>
        <span>
          {formatCount(segments.length)} segments and subsegments in {services.size}{' '}
          {services.size === 1 ? 'service' : 'services'}
        </span>
        <button type='button' class='btn bare' title='Copy; with Alt as W3C has it' onClick={copy}>
          {trace.id}
          <Icon name='copy' />
        </button>
      </div>
      {culprit !== undefined && <RootCause culprit={culprit} />}
    </header>
  )
}

/** Method and URL. @param http member of a document */
function requestOf(http: ReturnType<typeof objectOf>): string {
  const request = objectOf(http['request'])
  return [textOf(request['method']), textOf(request['url'])].filter((part) => part !== undefined).join(' ')
}

function RootOutcome({ root, status }: { root: Segment; status: unknown }) {
  const outcome = outcomeOfDocument(root.document)
  return (
    <StateMark state={outcome} word={typeof status === 'number' ? `${status} ${outcomeWord(outcome)}` : undefined} />
  )
}

function OutcomesInside({ segments }: { segments: readonly Segment[] }) {
  const counts = (['fault', 'error', 'throttle', 'in-progress'] as const).map((outcome) => ({
    outcome,
    count: segments.filter(({ document }) => outcomeOfDocument(document) === outcome).length,
  })).filter(({ count }) => count > 0)
  if (counts.length === 0) return null
  return (
    <span class='inside only-w'>
      <span class='quiet'>inside</span>
      {counts.map(({ outcome, count }) => (
        <StateMark key={outcome} state={outcome} word={`${formatCount(count)} ${plural(outcome, count)}`} />
      ))}
    </span>
  )
}

function plural(outcome: Outcome, count: number): string {
  return outcome === 'in-progress' || count === 1 ? outcomeWord(outcome) : `${outcome}s`
}
