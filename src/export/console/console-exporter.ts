import { isObject, type Json } from '../../bytes/json.ts'
import { abortable } from '../../async/abortable.ts'
import { type Batch, documentsOf, documentText } from '../../component/batch.ts'
import { ExportError } from '../../component/export-error.ts'
import type { OpenExporter } from '../../component/exporter.ts'
import { errorMessage } from '../../errors/error-message.ts'
import { type Outcome, outcomeOfDocument } from '../../trace/outcome.ts'

/** Settings of the terminal. */
export interface ConsoleSettings {
  /** Prints each document as a JSON line instead of one line per trace. */
  readonly documents: boolean
}

interface Line {
  root: Json
  spans: number
  start: number
  end: number
}

const words: Readonly<Record<Outcome, string>> = {
  fault: 'FAULT',
  throttle: 'THROTTLE',
  error: 'ERROR',
  'in-progress': 'ok',
  ok: 'ok',
}

/** Prints batches: one line per trace, or the documents. */
export class ConsoleExporter implements OpenExporter {
  constructor(
    private readonly settings: ConsoleSettings,
    private readonly print: (text: string) => Promise<void>,
  ) {}

  async send(batch: Batch, signal: AbortSignal): Promise<void> {
    const text = this.#textOf(documentsOf(batch).map(documentText))
    try {
      // A reader that is slow must not hold up a stop.
      await abortable(this.print(text), signal)
    } catch (cause) {
      throw new ExportError('retryable', `Cannot write to stdout: ${errorMessage(cause)}`, { cause })
    }
  }

  #textOf(texts: readonly string[]): string {
    if (this.settings.documents) return texts.map((text) => text.replaceAll('\n', ' ') + '\n').join('')
    const traces = new Map<string, Line>()
    for (const text of texts) {
      const segment = parse(text)
      if (segment !== undefined) add(traces, segment)
    }
    return [...traces].map(([id, line]) => formatLine(id, line)).join('')
  }

  describe(): string {
    return 'printing traces'
  }

  async stop(): Promise<void> {}
}

function add(traces: Map<string, Line>, segment: Json): void {
  const id = String(segment['trace_id'])
  const start = Number(segment['start_time'])
  const end = Number(segment['end_time'] ?? segment['start_time'])
  const line = traces.get(id)
  if (line === undefined) {
    traces.set(id, { root: segment, spans: 1 + inner(segment), start, end })
    return
  }
  line.spans += 1 + inner(segment)
  if (segment['parent_id'] === undefined || (line.root['parent_id'] !== undefined && start < line.start)) {
    line.root = segment
  }
  line.start = Math.min(line.start, start)
  line.end = Math.max(line.end, end)
}

function inner(segment: Json): number {
  const list = segment['subsegments']
  if (!Array.isArray(list)) return 0
  return list.reduce<number>((sum, part) => sum + 1 + (isObject(part) ? inner(part) : 0), 0)
}

function formatLine(id: string, { root, spans, start, end }: Line): string {
  const http = isObject(root['http']) ? root['http'] : {}
  const request = isObject(http['request']) ? http['request'] : {}
  const response = isObject(http['response']) ? http['response'] : {}
  const summary = [request['method'], request['url'], response['status']].filter((part) => part !== undefined).join(' ')
  const duration = `${((end - start) * 1000).toFixed(1)} ms`
  const count = spans === 1 ? '1 span' : `${spans} spans`
  const time = new Date(start * 1000).toISOString().slice(11, 23)
  return [time, id, clean(String(root['name'])), clean(summary), count, duration, words[outcomeOfDocument(root)]]
    .filter(Boolean).join(
      '  ',
    ) + '\n'
}

/** Removes control characters, which a terminal would execute. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '')
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
