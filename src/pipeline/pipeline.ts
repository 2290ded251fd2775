import { isDeepStrictEqual } from 'node:util'
import { randomIds } from '../bytes/random-ids.ts'
import type { ExporterContext } from '../component/exporter.ts'
import { exporterInstances } from '../config/exporter-instances.ts'
import { receiverInstances } from '../config/receiver-instances.ts'
import type { Settings } from '../config/schema.ts'
import { Queue } from '../queue/queue.ts'
import type { Events, LeftInSpool } from '../telemetry/events.ts'
import { Translator } from '../translate/translator.ts'
import { VERSION } from '../version.ts'
import { ExporterSet } from './exporter-set.ts'
import { ingest, type Stages } from './ingest.ts'
import { boundedByContainer, queueSettings } from './queue-settings.ts'
import { ReceiverSet } from './receiver-set.ts'
import { SelfTrace } from './self-trace.ts'

/** What a pipeline needs besides its settings. */
export interface PipelineContext extends Pick<ExporterContext, 'env' | 'print' | 'changed'> {
  readonly events: Events
}

/** Receivers → translator → queue → exporters. Starts back to front, and stops front to back. */
export class Pipeline {
  readonly queue: Queue
  readonly exporters: ExporterSet
  readonly receivers: ReceiverSet
  #settings: Settings
  #stages: Stages

  /** Opens the spool. @throws {Error} if another process has it open */
  constructor(settings: Settings, private readonly context: PipelineContext) {
    const { events, env } = context
    const queue = queueSettings(settings, env)
    this.#settings = settings
    this.queue = new Queue(queue, exporterInstances(settings).map(({ name }) => name), events)
    const ids = randomIds()
    const selfTrace = new SelfTrace(
      VERSION,
      () => this.#settings.selfTracing,
      () => ids.next(),
      ingest(events.receiver('self'), () => this.#stages).document,
    )
    this.exporters = new ExporterSet(this.queue, {
      ...context,
      stateDir: queue.dir,
      wrap: (sender, waiting) => selfTrace.wrap(sender, waiting),
    })
    this.#stages = this.#stagesWith(new Translator(settings.translate, ids))
    this.receivers = new ReceiverSet(
      (report) => ingest(report, () => this.#stages),
      events,
      boundedByContainer(settings.receive.maxInFlight),
    )
  }

  get settings(): Settings {
    return this.#settings
  }

  /** Opens exporters and receivers, and starts delivery once all are open. @throws {Error} if one cannot be opened */
  async start(): Promise<void> {
    const { exporters } = await this.#prepare(this.#settings, () => Promise.resolve([]))
    this.exporters.exchange(exporters)
    this.#stages = this.#stagesWith(this.#stages.translator)
    await this.receivers.apply(receiverInstances(this.#settings))
    this.queue.start()
  }

  /**
   * Applies other settings. What did not change keeps running, and nothing that was accepted is lost. What may fail comes
   * first, and until then documents go where they went.
   *
   * @returns what was changed, one phrase each
   * @throws {Error} if it cannot be done; then receivers may have changed, and nothing else has
   */
  async apply(settings: Settings): Promise<string[]> {
    const { exporters, changes: receiverChanges } = await this.#prepare(
      settings,
      () => this.receivers.apply(receiverInstances(settings)),
    )
    const { changes, ended } = this.exporters.exchange(exporters)
    const otherChanges = this.#applyRest(settings)
    await ended
    return [...otherChanges, ...receiverChanges, ...changes]
  }

  /** Opens the exporters of a config, and does what else may fail. @throws {Error} if any of it fails; then they are closed */
  async #prepare(settings: Settings, others: () => Promise<string[]>) {
    const exporters = await this.exporters.prepare(exporterInstances(settings))
    try {
      const changes = await others()
      await this.exporters.addLanes(exporters)
      return { exporters, changes }
    } catch (error) {
      await this.exporters.discard(exporters)
      throw error
    }
  }

  /** Applies what cannot fail. */
  #applyRest(settings: Settings): string[] {
    const old = this.#settings
    const isChanged = (part: (from: Settings) => unknown): boolean => !isDeepStrictEqual(part(old), part(settings))
    const changes: string[] = []
    this.#settings = settings
    const isTranslatorChanged = isChanged((from) => from.translate)
    if (isTranslatorChanged) changes.push('translate changed')
    const { translator } = this.#stages
    this.#stages = this.#stagesWith(isTranslatorChanged ? new Translator(settings.translate, randomIds()) : translator)
    if (isChanged((from) => [from.queue, from.export])) {
      this.queue.configure(queueSettings(settings, this.context.env), laneOptions(settings))
    }
    if (isChanged((from) => from.queue)) changes.push('queue changed')
    if (isChanged(({ queue, receive }) => [queue.dir, queue.sync, receive.maxInFlight])) {
      changes.push('queue.dir, queue.sync and receive.maxInFlight take effect at the next start')
    }
    return changes
  }

  /** Accepts nothing new, and delivers queued documents until `deadline`. @returns what stays in the spool */
  async stop(deadline: AbortSignal): Promise<LeftInSpool> {
    await this.receivers.stop('answered', deadline)
    // UDP receivers keep running meanwhile: datagrams that nobody receives are lost.
    await this.queue.flush(deadline)
    await this.receivers.stop('unanswered', deadline)
    const left = await this.queue.stop(deadline)
    await this.exporters.stop(deadline)
    return left
  }

  #stagesWith(translator: Translator): Stages {
    return {
      queue: this.queue,
      translator,
      requests: this.exporters.requests,
      sampling: (path, body) => this.exporters.sampling(path, body),
    }
  }
}

function laneOptions(settings: Settings) {
  return new Map(
    exporterInstances(settings).map(({ name, concurrency, whenFull }) => [name, { concurrency, whenFull }]),
  )
}
