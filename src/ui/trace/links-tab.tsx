import { type Json, textOf } from '../../bytes/json.ts'
import { KeyValues } from '../kit/key-values.tsx'
import { flatten } from './flatten.ts'

/** The links of a segment to segments of other traces. @param links as the document has them */
export function LinksTab({ links }: { links: readonly Json[] }) {
  return (
    <>
      {links.map((target, i) => {
        const trace = textOf(target['trace_id'])
        const segment = textOf(target['id'])
        const link = trace === undefined ? '-' : <a href={`/trace/${trace}?span=${segment ?? ''}`}>{trace}</a>
        return (
          <KeyValues
            key={i}
            rows={[
              ['Trace', link],
              ['Segment', segment],
              ...flatten(target['attributes']),
            ]}
          />
        )
      })}
    </>
  )
}
