import type { Segment } from '../../trace/assemble-trace.ts'
import { formatSeconds } from '../../trace/format-seconds.ts'
import { durationOf } from '../../trace/index-trace.ts'
import { objectOf } from '../../bytes/json.ts'
import { formatClock, formatShare } from '../kit/format.ts'
import { KeyValues } from '../kit/key-values.tsx'
import { shownText } from '../kit/shown-text.ts'

/** What matters most about a segment. @param duration of the trace, in seconds @param start of the trace, in Unix seconds */
export function OverviewTab({ segment, duration, start }: { segment: Segment; duration: number; start: number }) {
  const { document } = segment
  const http = objectOf(document['http'])
  const request = objectOf(http['request'])
  const aws = objectOf(document['aws'])
  const segmentDuration = durationOf(segment)
  const facts: readonly (readonly [string, unknown])[] = [
    ['Start', `${formatClock(segment.start)}, ${formatSeconds(segment.start - start)} after the first`],
    [
      'Duration',
      segment.end === undefined
        ? 'in progress'
        : `${formatSeconds(segmentDuration)}, ${formatShare(segmentDuration / duration)} of the trace`,
    ],
    ['Request', [request['method'], request['url']].filter(Boolean).map(shownText).join(' ')],
    ['Status', objectOf(http['response'])['status']],
    ['Client', request['client_ip']],
    ['User agent', request['user_agent']],
    ['User', document['user']],
    ['Namespace', document['namespace']],
    ['Operation', aws['operation']],
    ['Region', aws['region']],
    ['Request id', aws['request_id']],
    ['Retries', aws['retries']],
    ['Id', segment.id],
    ['Parent', segment.parentId],
  ]
  return (
    <KeyValues
      rows={facts.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) =>
        [name, shownText(value)] as const
      )}
    />
  )
}
