import type { Clock } from '../async/clock.ts'
import { formatBytes } from '../bytes/format-bytes.ts'
import { errorMessage } from '../errors/error-message.ts'
import { databaseFault } from '../sqlite/database-fault.ts'
import { countNoun } from './count-noun.ts'
import { Counters, type ExporterCounters } from './counters.ts'
import { EventLog, type LogSink } from './event-log.ts'
import { ExporterReport } from './exporter-report.ts'
import type { SeenProblem } from './problems.ts'
import { ReceiverReport } from './receiver-report.ts'

export type { LogSink }

/**
 * What can happen in an agent, one function each, which logs and counts it. What receivers and exporters report stands
 * in {@link ReceiverReport} and {@link ExporterReport}. ERROR: data was lost or a person must act. WARN: something went
 * wrong and is dealt with. INFO: once per start, stop or change.
 */
export class Events {
  readonly counters = new Counters()
  readonly #log: EventLog
  readonly #exporters = new Map<string, ExporterReport>()

  /** @param clock limits what repeats */
  constructor(sink: LogSink, clock?: Clock) {
    this.#log = new EventLog(sink, clock)
  }

  /** Writes the log elsewhere from now on. */
  logTo(sink: LogSink): void {
    this.#log.sink = sink
  }

  /** Recent warnings and errors, one per kind, the last one first. */
  get problems(): SeenProblem[] {
    return this.#log.problems.list()
  }

  /** The report of a receiver. @param name its path below `receive` */
  receiver(name: string): ReceiverReport {
    return new ReceiverReport(name, this.counters, this.#log)
  }

  /** The report of an exporter: always the same one for a name, so that its counts survive a reload. */
  exporter(name: string): ExporterReport {
    let report = this.#exporters.get(name)
    if (report === undefined) this.#exporters.set(name, report = new ExporterReport(name, this.counters, this.#log))
    return report
  }

  /** The reports of all exporters so far. */
  get exporters(): ExporterReport[] {
    return [...this.#exporters.values()]
  }

  listening(name: string, address: string): void {
    this.#log.sink.info(`Listening: ${name} on ${address}`)
  }

  /** Whoever reaches this machine can use a listener. */
  openToNetwork(name: string, address: string): void {
    const message = `${name} on ${address} is open to the network without TLS and without a check of who sends; ` +
      'let only hosts that you trust reach it'
    this.#log.problem('warn', 'config', `open ${name}`, message)
  }

  /** Something in a config of another program has no counterpart here. */
  configNote(note: string): void {
    this.#log.sink.warn(note)
  }

  /** The agent runs without its admin port. */
  adminFailed(error: unknown): void {
    const message = `${errorMessage(error)}; the agent runs without status, metrics and page`
    this.#log.problem('error', 'config', 'admin failed', message)
  }

  started(message: string): void {
    this.#log.sink.info(message)
  }

  stopping(seconds: number): void {
    this.#log.sink.info(`Stopping: delivering what waits for at most ${seconds} s; a second signal stops at once`)
  }

  stopped(left: LeftInSpool): void {
    this.#log.flush()
    const sent = this.exporters.map(({ name, counters }) => `${counters.sent} by ${name}${droppedOf(counters)}`).join(
      ', ',
    )
    const received = `${this.counters.received.total} received${droppedOf(this.counters)}`
    this.#log.sink.info(`Stopped: ${received}; delivered: ${sent || 'none'}; ${describeLeft(left)}`)
  }

  spoolFound(documents: number, bytes: number): void {
    const message = `Found ${countNoun(documents, 'document')} (${
      formatBytes(bytes)
    }) of an earlier run in the spool; delivering what waits`
    this.#log.sink.info(message)
  }

  /** Documents wait for an exporter that the config no longer has. */
  removedExporterFound(name: string, documents: number, deadLetters: number): void {
    const parts = [
      ...(documents === 0 ? [] : [countNoun(documents, 'document')]),
      ...(deadLetters === 0 ? [] : [countNoun(deadLetters, 'dead letter')]),
    ]
    const verb = documents + deadLetters === 1 ? 'is' : 'are'
    const message = `${parts.join(' and ')} ${verb} kept for the exporter "${name}", which is not in the config; ` +
      'documents are delivered when it is back; rontgen queue moves or drops what is kept'
    this.#log.problem('warn', 'queue', `removed exporter ${name}`, message)
  }

  spoolFailed(error: unknown, documents: number): void {
    this.#log.repeatedProblem({
      level: 'error',
      stage: 'queue',
      kind: 'spool failed',
      count: documents,
      message(sum, when) {
        const rest = sum === 0
          ? ''
          : `; ${countNoun(sum, 'document')} ${sum === 1 ? 'was' : 'were'} not acknowledged${when}`
        const hint = databaseFault(error) === 'unwritable' ? 'Can queue.dir be written?' : 'Is the disk full?'
        return `Cannot write the spool: ${errorMessage(error)}${rest}. ${hint}`
      },
    })
  }

  /** Documents were lost whose senders wait for no answer. */
  lost(count: number, reason: string): void {
    this.counters.dropped.add(count, 'spool')
    this.#log.repeatedProblem({
      level: 'error',
      stage: 'queue',
      kind: 'lost',
      count,
      message: (sum, when) => `Lost ${countNoun(sum, 'document')}${when}, which nobody sends again: ${reason}`,
    })
  }

  /** A damaged spool was replaced. */
  spoolQuarantined(spool: QuarantinedSpool, cause: unknown): void {
    const { file, recovered, unreadable } = spool
    const rest = unreadable === undefined ? 'how many others it holds is unknown' : `${unreadable} cannot be read`
    const message = `The spool is damaged (${errorMessage(cause)}) and was moved to "${file}"; ` +
      `${recovered} blocks of documents were recovered, ${rest}. A new spool is in use`
    this.#log.problem('error', 'queue', 'spool damaged', message)
  }

  /** Writes that were acknowledged are missing in the spool. @param damage what is wrong, as a clause */
  spoolLogDamaged(damage: string): void {
    const message = `The spool is damaged: ${damage}. What was acknowledged last before the agent was killed is lost`
    this.#log.problem('error', 'queue', 'spool log damaged', message)
  }

  /** The files of the spool were lost, and are there again. @param moved where what had taken their place is now */
  spoolRestored(lost: string, moved: string | undefined): void {
    const rest = moved === undefined ? '' : `; what had taken its place was moved to "${moved}"`
    const message = `${lost} while the agent uses it. All that waits was written there again${rest}`
    this.#log.problem('error', 'queue', 'spool lost', message)
  }

  /** The files of the spool were lost, and cannot be put back. */
  spoolLost(error: unknown): void {
    const message = `${errorMessage(error)}. Nothing is acknowledged until they can; ` +
      'what waits is lost if the agent ends before'
    this.#log.repeatedProblem({
      level: 'error',
      stage: 'queue',
      kind: 'spool lost',
      message: () => message,
      minIntervalMs: 60_000,
    })
  }

  /** The next start will not be able to write the spool. */
  spoolUnwritable(reason: string): void {
    this.#log.repeatedProblem({
      level: 'error',
      stage: 'queue',
      kind: 'spool unwritable',
      message: () => `The spool cannot be opened for writing any more: ${reason}. Make queue.dir writable`,
      minIntervalMs: 60_000,
    })
  }

  spoolElsewhere(dir: string, cause: unknown): void {
    const where = dir === ':memory:'
      ? 'memory is used instead, and what waits is lost when the agent ends'
      : `"${dir}" is used instead`
    const message = `${errorMessage(cause)}; ${where}. Make queue.dir writable, and restart`
    this.#log.problem('error', 'queue', 'spool elsewhere', message)
  }

  /** @param truncated how many of them were truncated */
  queued(count: number, truncated: number): void {
    this.counters.queued += count
    this.counters.truncated += truncated
    if (truncated === 0) return
    this.#log.repeatedProblem({
      level: 'warn',
      stage: 'translate',
      kind: 'truncated',
      count: truncated,
      message: (sum, when) => `Truncated ${countNoun(sum, 'document')} to fit into 64 KB${when}; see metadata otel.cut`,
    })
  }

  /** @param exporters what the exporters do now; undefined if none was changed */
  reloaded(changes: readonly string[], exporters: string | undefined): void {
    const now = exporters === undefined ? '' : `; now ${exporters}`
    this.#log.sink.info(`Reloaded: ${changes.join(', ') || 'the config is unchanged'}${now}`)
  }

  reloadFailed(reason: string): void {
    const message = `Cannot reload, so the config stays as it was: ${reason}`
    this.#log.problem('error', 'config', 'reload failed', message)
  }
}

function droppedOf({ dropped }: Pick<Counters | ExporterCounters, 'dropped'>): string {
  return dropped.total === 0 ? '' : ` (${dropped.total} dropped)`
}

function describeLeft({ documents, removed }: LeftInSpool): string {
  const parts = [
    ...(documents === 0 ? [] : [`${stay(documents)} for the next start`]),
    ...removed.map((lane) => `${stay(lane.documents)} for ${lane.name}, which is not in the config`),
  ]
  return parts.length === 0 ? 'nothing is left to deliver' : parts.join('; ')
}

function stay(count: number): string {
  return `${countNoun(count, 'document')} ${count === 1 ? 'stays' : 'stay'} in the spool`
}

/** What stays in the spool when an agent stops. */
export interface LeftInSpool {
  /** Documents that wait for an exporter of the config. */
  readonly documents: number
  /** What waits for exporters that the config no longer has. */
  readonly removed: readonly { readonly name: string; readonly documents: number }[]
}

/** What became of a damaged spool. */
export interface QuarantinedSpool {
  readonly file: string
  /** Blocks of documents that were recovered. */
  readonly recovered: number
  /** Blocks that cannot be read; undefined if not even their number is known. */
  readonly unreadable: number | undefined
}
