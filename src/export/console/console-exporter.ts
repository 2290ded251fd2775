import { isObject, type Json, objectOf, textOf } from '../../bytes/json.ts'
import { printable, printableJson } from '../../bytes/printable.ts'
import { abortable } from '../../async/abortable.ts'
import { type Batch, documentsOf, documentText } from '../../component/batch.ts'
import { ExportError } from '../../component/export-error.ts'
import type { OpenExporter } from '../../component/exporter.ts'
import { errorMessage } from '../../errors/error-message.ts'
import { type Outcome, outcomeOfDocument } from '../../trace/outcome.ts'
import { timeOf } from '../../trace/time-of.ts'

/** Settings of the terminal. */
export interface ConsoleSettings {
  /** Prints each document as a JSON line instead of one line per trace. */
  readonly documents: boolean
}

interface Line {
  root: Json
  spans: number
  /** Unix seconds; Infinity and -Infinity while no segment had a time. */
  start: number
  end: number
}

/** What stands for a time or an id that is none. */
const NOTHING = '-'

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
    if (this.settings.documents) {
      return texts.map((text) => `${printableJson(text.replace(/[\t\n\r]/g, ' '))}\n`).join('')
    }
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
  const id = textOf(segment['trace_id']) ?? NOTHING
  const start = timeOf(segment['start_time']) ?? Infinity
  const end = timeOf(segment['end_time']) ?? timeOf(segment['start_time']) ?? -Infinity
  const line = traces.get(id)
  if (line === undefined) {
    traces.set(id, { root: segment, spans: countSegments(segment), start, end })
    return
  }
  line.spans += countSegments(segment)
  if (segment['parent_id'] === undefined || (line.root['parent_id'] !== undefined && start < line.start)) {
    line.root = segment
  }
  line.start = Math.min(line.start, start)
  line.end = Math.max(line.end, end)
}

/** A segment and its subsegments, however deep they are. */
function countSegments(segment: Json): number {
  let count = 0
  const open: unknown[] = [segment]
  while (open.length > 0) {
    const next = open.pop()
    count++
    const inner = isObject(next) ? next['subsegments'] : undefined
    if (Array.isArray(inner)) { for (const part of inner) open.push(part) }
  }
  return count
}

function formatLine(id: string, { root, spans, start, end }: Line): string {
  const http = objectOf(root['http'])
  const request = objectOf(http['request'])
  const summary = [request['method'], request['url'], objectOf(http['response'])['status']].filter(isShown).join(' ')
  const duration = end >= start ? `${((end - start) * 1000).toFixed(1)} ms` : NOTHING
  const count = spans === 1 ? '1 span' : `${spans} spans`
  const time = start === Infinity ? NOTHING : new Date(start * 1000).toISOString().slice(11, 23)
  const name = isShown(root['name']) ? String(root['name']) : NOTHING
  return [time, printable(id), printable(name), printable(summary), count, duration, words[outcomeOfDocument(root)]]
    .filter(Boolean).join(
      '  ',
    ) + '\n'
}

/** Whether a member is shown: objects are not, which may be made so that they cannot become a text. */
function isShown(member: unknown): member is string | number | boolean {
  return typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean'
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
