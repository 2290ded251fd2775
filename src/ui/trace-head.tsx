import type { Segment, Trace } from '../trace/assemble-trace.ts'
import { exceptionsOf } from '../trace/causes-of.ts'
import { formatSeconds } from '../trace/format-seconds.ts'
import { objectOf, textOf } from '../bytes/json.ts'
import { serviceOf } from '../trace/service-of.ts'
import { exportTrace } from './export-trace.ts'
import { formatClock, formatCount } from './format.ts'
import { Icon, StateMark } from './outcome.tsx'
import { urlOf } from './page-location.ts'
import { useKeys } from './use-keys.ts'
import { stateOfSegment } from './waterfall-rows.ts'

/** What a trace is, in a few words: what was asked, how it ended, and why it failed. */
export function TraceHead(
  { trace, start, whole, culprit }: { trace: Trace; start: number; whole: number; culprit: Segment | undefined },
) {
  const [root] = trace.roots
  const http = objectOf(root?.document['http'])
  const request = objectOf(http['request'])
  const title = [textOf(request['method']), textOf(request['url'])].filter((part) => part !== undefined).join(' ') ||
    root?.name
  const { status } = objectOf(http['response'])
  const segments = [...trace.segments.values()]
  const services = new Set(segments.filter(({ isSubsegment }) => !isSubsegment).map((one) => serviceOf(one).name))
  const inside = (['fault', 'error', 'throttle', 'prog'] as const).map((state) => ({
    state,
    count: segments.filter((one) => one !== root && stateOfSegment(one) === state).length,
  }))
  const rootState = root === undefined ? 'ok' : stateOfSegment(root)
  const copy = (event: MouseEvent | KeyboardEvent): void => {
    const w3c = trace.id.slice(2).replace('-', '')
    void navigator.clipboard.writeText(event.altKey ? w3c : trace.id)
  }
  useKeys((event) => event.key === 'c' && copy(event))
  return (
    <header class='thead'>
      <div class='row'>
        <h2 class='cut'>{title}</h2>
        {root !== undefined && (
          <StateMark state={rootState} word={typeof status === 'number' ? `${status} ${rootState}` : undefined} />
        )}
        {inside.some(({ count }) => count > 0) && (
          <span class='inside only-w'>
            <span class='quiet'>inside</span>
            {inside.filter(({ count }) => count > 0).map(({ state, count }) => (
              <StateMark key={state} state={state} word={`${formatCount(count)} ${wordOf(state, count)}`} />
            ))}
          </span>
        )}
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
          <b>{formatSeconds(whole)}</b>
        </span>
        <span title={new Date(start * 1000).toISOString()}>{formatClock(start)}</span>
        <span>
          {formatCount(segments.length)} segments and subsegments in {services.size}{' '}
          {services.size === 1 ? 'service' : 'services'}
        </span>
        <button type='button' class='btn bare mono' title='Copy; with Alt as W3C has it' onClick={copy}>
          {trace.id}
          <Icon name='copy' />
        </button>
      </div>
      {culprit !== undefined && <Why culprit={culprit} />}
    </header>
  )
}

function wordOf(state: string, count: number): string {
  return state === 'prog' ? 'in progress' : count === 1 ? state : `${state}s`
}

function Why({ culprit }: { culprit: Segment }) {
  const [exception] = exceptionsOf(culprit)
  const flag = culprit.document['fault'] === true ? 'fault' : 'error'
  const like = exception === undefined
    ? `rootcause.${flag}.entity { name = ${JSON.stringify(culprit.name)} }`
    : `rootcause.${flag}.exception { name = ${JSON.stringify(exception.name)} }`
  return (
    <div class={`why ${flag}`}>
      <Icon name={stateOfSegment(culprit)} />
      <span>
        Starts at <b>{culprit.name}</b>
        {exception === undefined ? '' : `: ${exception.name} ${exception.message}`}
      </span>
      <span class='links'>
        <a href={`?span=${culprit.id}`}>Show</a> <a href={urlOf('/traces', { q: like })}>More like this</a>
      </span>
    </div>
  )
}
