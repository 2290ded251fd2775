import * as v from 'valibot'
import { defineExporter } from '../../component/exporter.ts'
import { bytes, duration } from '../../component/values.ts'

/** A store on this machine that answers the X-Ray API and serves the page. */
export const local = defineExporter({
  name: 'local',
  label: 'the local store',
  description: 'A store on this machine, in the folder of the queue, that answers the X-Ray API at the admin port.',
  leavesMachine: false,
  isOnByDefault: true,
  isSingle: true,
  schema: v.strictObject({
    maxBytes: v.pipe(v.optional(bytes, '1GiB'), v.description('Maximum size; then the oldest traces are deleted.')),
    maxAge: v.pipe(
      v.optional(duration, '7d'),
      v.description('Traces that began longer ago are deleted, however late they came.'),
    ),
    keepSpans: v.pipe(
      v.optional(v.boolean(), true),
      v.description('Keep the OTLP requests too, so that the page shows each segment with its span.'),
    ),
  }),
  async open(settings, context) {
    const { LocalExporter } = await import('./local-exporter.ts')
    return new LocalExporter(settings, context)
  },
})
