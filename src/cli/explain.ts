import { CommandError, ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { readFileSync } from 'node:fs'
import { jsonToProtobuf } from '../otlp/json-to-protobuf.ts'
import { documentsOf, documentText } from '../component/batch.ts'
import { DocumentGroup } from '../segment/document-group.ts'
import { randomIds } from '../bytes/random-ids.ts'
import { explainSpan, type SpanExplanation } from '../translate/explain-span.ts'
import { Translator } from '../translate/translator.ts'
import { type Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { UsageError } from './usage-error.ts'

/** Shows what becomes of spans. */
export const explain: Command = {
  name: 'explain',
  summary: 'show the segment document of each span in an OTLP/JSON file, and where each attribute went',
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
    const { spans, refused, reason } = explainFile(file, new Translator(settings.translate, randomIds()))
    context.print(
      context.flags['json'] === true ? JSON.stringify(spans, null, 2) + '\n' : spans.map(formatSpan).join('\n'),
    )
    if (spans.length + refused === 0) context.printError('rontgen: there is no span in it')
    if (refused > 0) context.printError(`rontgen: ${refused} spans are refused: ${reason}`)
    return refused === 0 ? ExitCode.ok : ExitCode.data
  },
}

interface Explained extends SpanExplanation {
  readonly documents: readonly unknown[]
}

function explainFile(file: string, translator: Translator): { spans: Explained[]; refused: number; reason: string } {
  const found: (SpanExplanation & { first: number })[] = []
  const group = new DocumentGroup()
  try {
    const { bytes } = jsonToProtobuf(new Uint8Array(readFileSync(file === '-' ? 0 : file)))
    const { refused, reason } = translator.translate(bytes, group, (context) => {
      found.push({ ...explainSpan(context), first: group.count })
    })
    const block = group.take()
    const documents = documentsOf({ parts: [{ block, from: 0, to: block.ends.length }], count: block.ends.length })
    const spans = found.map(({ first, ...span }, i) => ({
      ...span,
      documents: documents.slice(first, found[i + 1]?.first).map((document): unknown =>
        JSON.parse(documentText(document))
      ),
    }))
    return { spans, refused, reason }
  } catch (cause) {
    throw new CommandError(ExitCode.data, `Cannot explain "${file}": ${errorMessage(cause)}`, {
      cause,
    })
  }
}

function formatSpan({ name, attributes, documents }: Explained): string {
  const width = Math.max(0, ...attributes.map((attribute) => attribute.name.length))
  return [
    `Span "${name}" gives ${documents.length === 1 ? 'one document' : `${documents.length} documents`}:`,
    ...documents.map((document) => JSON.stringify(document, null, 2)),
    ...(attributes.length > 0 ? ['Its attributes went to:'] : []),
    ...attributes.map((attribute) => `  ${attribute.name.padEnd(width)}  ${attribute.places.join(', ')}`),
    '',
  ].join('\n')
}
