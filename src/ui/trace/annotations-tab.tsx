import type { Json } from '../../bytes/json.ts'
import { KeyValues } from '../kit/key-values.tsx'
import { shownText } from '../kit/shown-text.ts'
import { urlOf } from '../route.ts'

/** The annotations of a segment, each with a link to the traces that have the same. */
export function AnnotationsTab({ annotations }: { annotations: Json }) {
  return (
    <KeyValues
      rows={Object.entries(annotations).map(([name, value]) => [name, annotationValue(name, value)] as const)}
    />
  )
}

function annotationValue(name: string, value: unknown) {
  return (
    <>
      {shownText(value)}{' '}
      <a
        href={urlOf('/traces', { q: `annotation[${name}] = ${JSON.stringify(value)}` })}
        aria-label={`Traces with ${name} ${shownText(value)}`}
      >
        filter
      </a>
    </>
  )
}
