import { isDeepStrictEqual } from 'node:util'
import type {
  CredentialState,
  Exporter,
  ExporterContext,
  OpenExporter,
  SourceRequestLog,
} from '../component/exporter.ts'
import { type SamplingAnswer, type SamplingPath, samplingUnavailable } from '../component/sampling.ts'
import type { ExporterInstance } from '../config/exporter-instances.ts'
import type { LaneOptions, Queue } from '../queue/queue.ts'
import type { Sender } from '../queue/requests.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { Events } from '../telemetry/events.ts'

/** An open exporter, and what it was opened with. */
export interface OpenInstance {
  readonly name: string
  readonly exporter: Exporter
  readonly settings: object
  readonly options: LaneOptions
  readonly open: OpenExporter
}

/** Exporters that are open and do not take the place of others yet. */
export interface PreparedExporters {
  /** All that will be open. */
  readonly next: readonly OpenInstance[]
  /** Those among them that were opened for it. */
  readonly opened: readonly OpenInstance[]
}

/** What a change of the exporters needs besides their settings. */
export interface ExporterSetContext extends Omit<ExporterContext, 'report'> {
  readonly events: Events
  /** Wraps what sends batches. @param waiting returns how many documents wait for the exporter */
  readonly wrap: (sender: Sender, waiting: () => number) => Sender
}

/** Requests to an exporter that is removed or replaced have this long to end, in milliseconds. */
const REMOVE_MS = 5000
const REPLACE_MS = 30_000

/** The exporters that are open, each with its lane of the queue. */
export class ExporterSet {
  #instances: readonly OpenInstance[] = []

  constructor(private readonly queue: Queue, private readonly context: ExporterSetContext) {}

  /** The exporters that are open, in the order of the registry. */
  get instances(): readonly OpenInstance[] {
    return this.#instances
  }

  /** What the exporters do, for the start line and the status. */
  get description(): string {
    const leaves = this.#instances.some(({ exporter }) => exporter.leavesMachine)
    const parts = this.#instances.map(({ name, exporter, open }) => {
      const isOnly = this.#instances.filter((other) => other.exporter.name === exporter.name).length === 1
      return isOnly && name === exporter.name ? open.describe() : `${open.describe()} (${name})`
    })
    return [...parts, ...(leaves ? [] : ['nothing leaves this machine'])].join('; ')
  }

  /** The credentials in use, of the first exporter that has any. */
  get credentials(): CredentialState | undefined {
    for (const { open } of this.#instances) {
      const state = open.credentials?.()
      if (state !== undefined) return state
    }
    return undefined
  }

  /** What keeps OTLP requests; undefined if no exporter does. */
  get requests(): SourceRequestLog | undefined {
    return this.#first((open) => open.requests)
  }

  /** Whether an exporter keeps a trace that can be shown; undefined if none keeps traces. */
  get hasTraces(): boolean | undefined {
    return this.#first((open) => open.hasTraces?.())
  }

  /** Answers a request of the X-Ray API or of the page; undefined if no exporter does. */
  api(request: Request): Response | Promise<Response> | undefined {
    return this.#first((open) => open.api?.(request))
  }

  /** Answers a call for sampling rules or targets, by the first exporter that can. */
  async sampling(path: SamplingPath, body: Uint8Array): Promise<SamplingAnswer> {
    return await this.#first((open) => open.sampling?.(path, body)) ??
      samplingUnavailable('no exporter to X-Ray is set')
  }

  #first<T>(find: (open: OpenExporter) => T | undefined): T | undefined {
    for (const { open } of this.#instances) {
      const found = find(open)
      if (found !== undefined) return found
    }
    return undefined
  }

  /**
   * Opens the exporters of a config that are new, or that have other settings. Nothing has changed before
   * {@link exchange} is called; if that is not to happen, {@link discard} closes them.
   *
   * @throws {Error} if one cannot be opened, or what waits for it cannot be read
   */
  async prepare(instances: readonly ExporterInstance[]): Promise<PreparedExporters> {
    const known = new Map(this.#instances.map((instance) => [instance.name, instance]))
    return await this.#openAll(instances, known)
  }

  /** Closes what was opened by {@link prepare}. */
  async discard({ opened }: PreparedExporters): Promise<void> {
    await Promise.all(opened.map(({ open }) => open.stop(AbortSignal.timeout(0))))
  }

  /**
   * Adds the lanes of exporters that are new.
   *
   * @throws {Error} if what waits for one cannot be read; then there are no more lanes than before
   */
  async addLanes({ opened }: PreparedExporters): Promise<void> {
    const added: string[] = []
    try {
      for (const instance of opened.filter(({ name }) => this.#find(name) === undefined)) {
        await this.queue.addLane(instance.name, this.#senderOf(instance), instance.options)
        added.push(instance.name)
      }
    } catch (error) {
      await Promise.all(added.map((name) => this.queue.removeLane(name, AbortSignal.timeout(0))))
      throw error
    }
  }

  /**
   * Puts prepared exporters, whose lanes were added, in the place of those that are open. Documents of a removed one stay
   * in the spool.
   *
   * @returns what changed, one phrase each; `ended` resolves once the removed ones have ended
   */
  exchange({ next }: PreparedExporters): { readonly changes: string[]; readonly ended: Promise<void> } {
    const old = this.#instances
    const removed = old.filter(({ name }) => next.every((instance) => instance.name !== name))
    const changes = next.flatMap((instance) => changeOf(this.#find(instance.name), instance))
    this.#instances = next
    for (const instance of next) {
      const before = old.find(({ name }) => name === instance.name)
      if (before !== undefined && before.open !== instance.open) void this.#replace(before, instance)
    }
    const ended = Promise.all(removed.map((instance) => this.#remove(instance)))
    return {
      changes: [...changes, ...removed.map(({ name }) => `${name} removed`)],
      ended: ended.then(() => {}),
    }
  }

  #find(name: string): OpenInstance | undefined {
    return this.#instances.find((instance) => instance.name === name)
  }

  async #remove({ name, open }: OpenInstance): Promise<void> {
    await this.queue.removeLane(name, AbortSignal.timeout(REMOVE_MS))
    await open.stop(AbortSignal.timeout(REMOVE_MS))
    const kept = this.queue.admin.removedLanes().find((lane) => lane.name === name)
    if (kept !== undefined) this.context.events.removedExporterFound(name, kept.documents, kept.deadLetters.count)
  }

  /** @throws {Error} if one cannot be opened; those that were opened are closed again */
  async #openAll(
    instances: readonly ExporterInstance[],
    known: ReadonlyMap<string, OpenInstance>,
  ): Promise<PreparedExporters> {
    const opened: OpenInstance[] = []
    const next: OpenInstance[] = []
    try {
      for (const { name, exporter, settings, concurrency, whenFull } of instances) {
        const old = known.get(name)
        const options = { concurrency, whenFull }
        if (old !== undefined && isDeepStrictEqual(withoutLaneKeys(old.settings), withoutLaneKeys(settings))) {
          next.push({ ...old, options })
          continue
        }
        const instance = {
          name,
          exporter,
          settings,
          options,
          open: await this.#open(name, exporter, settings),
        }
        opened.push(instance)
        next.push(instance)
      }
      return { next, opened }
    } catch (error) {
      await this.discard({ next, opened })
      throw error
    }
  }

  async #open(name: string, exporter: Exporter, settings: object): Promise<OpenExporter> {
    try {
      return await exporter.open(settings, { ...this.context, report: this.context.events.exporter(name) })
    } catch (cause) {
      throw new Error(`Cannot open the exporter "${name}": ${errorMessage(cause)}`, { cause })
    }
  }

  /** Requests in flight end with the old exporter; the next ones go to the new one. */
  async #replace(old: OpenInstance, instance: OpenInstance): Promise<void> {
    await this.queue.replaceSender(instance.name, this.#senderOf(instance), AbortSignal.timeout(REPLACE_MS))
    await old.open.stop(AbortSignal.timeout(REMOVE_MS))
  }

  #senderOf({ name, open }: OpenInstance): Sender {
    return this.context.wrap(open, () => this.queue.waitingFor(name))
  }

  /** Closes all of them. */
  async stop(deadline: AbortSignal): Promise<void> {
    await Promise.all(this.#instances.map(({ open }) => open.stop(deadline)))
  }
}

function changeOf(old: OpenInstance | undefined, { name, open, options }: OpenInstance): string[] {
  if (old === undefined) return [`${name} started`]
  if (old.open !== open) return [`${name} replaced`]
  return isDeepStrictEqual(old.options, options) ? [] : [`${name} changed`]
}

/** Settings that the exporter itself is opened with; the others are its lane's. */
function withoutLaneKeys(settings: object): object {
  const laneKeys: ReadonlySet<string> = new Set(['whenFull', 'concurrency'])
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !laneKeys.has(key)))
}
