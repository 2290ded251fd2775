import * as v from 'valibot'
import { defineExporter } from '../../component/exporter.ts'

/** Prints traces to the terminal, for trying things out. */
export const terminal = defineExporter({
  name: 'console',
  label: 'the terminal',
  description: 'The terminal: one line per trace, or for each part of it that arrives by itself.',
  leavesMachine: false,
  isOnByDefault: true,
  schema: v.strictObject({
    documents: v.pipe(
      v.optional(v.boolean(), false),
      v.description('Print the segment documents as JSON lines instead of one line per trace.'),
    ),
  }),
  options: [
    {
      flag: 'documents',
      key: 'documents',
      kind: 'on',
      value: '',
      summary: 'print the segment documents as JSON lines',
    },
  ],
  async open(settings, { print }) {
    const { ConsoleExporter } = await import('./console-exporter.ts')
    return new ConsoleExporter(settings, print)
  },
})
