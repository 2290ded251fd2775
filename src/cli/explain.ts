import { readFileSync } from 'node:fs'
import { randomIds } from '../bytes/random-ids.ts'
import { CommandError, ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { type SpanParts, spansOf } from '../otlp/find-span.ts'
import { jsonToProtobuf } from '../otlp/json-to-protobuf.ts'
import { protobufToJson } from '../otlp/protobuf-to-json.ts'
import type { SpanRule } from '../trace/span-rule.ts'
import { spanRules } from '../translate/span-rules.ts'
import { SpanTranslator } from '../translate/span-translator.ts'
import type { TranslateSettings } from '../translate/translate-settings.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { UsageError } from './usage-error.ts'

/** Shows the documents of spans, and where each part of a span goes. */
export const explain: Command = {
  name: 'explain',
  summary: 'show the segment document of each span in an OTLP/JSON file, and where each part of the span went',
  args: 'FILE',
  details:
    'FILE holds an ExportTraceServiceRequest as OTLP/JSON; - is standard input. The config decides what is indexed.',
  options: { ...configOptions, json: { type: 'boolean', summary: 'print JSON instead of text' } },
  async run(context) {
    const [file] = context.args
    if (file === undefined) {
      throw new UsageError('The command explain needs a FILE with OTLP/JSON; see rontgen explain --help')
    }
    const { settings } = await loadFrom({ ...context, args: [] })
    const { spans, rejected, reason } = explainFile(file, settings.translate)
    if (spans.length + rejected === 0) {
      const expected = 'expected an ExportTraceServiceRequest as OTLP/JSON'
      throw new CommandError(ExitCode.data, `Cannot explain ${nameOf(file)}: it has no span; ${expected}`)
    }
    context.print(
      context.flags['json'] === true ? JSON.stringify(spans, null, 2) + '\n' : spans.map(formatSpan).join('\n'),
    )
    if (rejected > 0) context.printError(`rontgen: ${rejected} spans are rejected: ${reason}`)
    return rejected === 0 ? ExitCode.ok : ExitCode.data
  },
}

interface ExplainedSpan {
  readonly name: string
  readonly documents: readonly unknown[]
  readonly rules: readonly SpanRule[]
}

function explainFile(
  file: string,
  settings: TranslateSettings,
): { spans: ExplainedSpan[]; rejected: number; reason: string } {
  const translator = new SpanTranslator(settings, randomIds())
  const explained: ExplainedSpan[] = []
  let rejected = 0
  let lastReason = ''
  for (const parts of readSpans(file)) {
    const { documents, reason } = translator.translate(parts)
    if (reason === '') {
      explained.push({ name: String(parts.span['name'] ?? ''), documents, rules: spanRules(parts, settings) })
    } else {
      rejected++
      lastReason = reason
    }
  }
  return { spans: explained, rejected, reason: lastReason }
}

function readSpans(file: string): SpanParts[] {
  try {
    const { bytes } = jsonToProtobuf(new Uint8Array(readFileSync(file === '-' ? 0 : file)))
    return spansOf(protobufToJson(bytes))
  } catch (cause) {
    throw new CommandError(ExitCode.data, `Cannot explain ${nameOf(file)}: ${errorMessage(cause)}`, { cause })
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : `"${file}"`
}

function formatSpan({ name, documents, rules }: ExplainedSpan): string {
  const rows = rules.filter(isWorthShowing).map(({ from, rule, to }) => [
    from === '' ? 'nothing' : from,
    rule,
    to.length === 0 ? 'nowhere' : to.map(({ path }) => path).join(', '),
  ])
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return [
    `Span "${name}" becomes ${documents.length === 1 ? 'one document' : `${documents.length} documents`}:`,
    ...documents.map((document) => JSON.stringify(document, null, 2)),
    'Where each part of it went:',
    ...rows.map((row) => '  ' + row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')),
    '',
  ].join('\n')
}

/** SDKs write counts of what they left out also where these are zero. */
function isWorthShowing({ rule, value }: SpanRule): boolean {
  return rule !== 'dropped' || value !== 0
}
