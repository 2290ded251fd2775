import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { AgentView } from '../admin/agent-view.ts'
import { deadLetterView } from '../admin/dead-letter-view.ts'
import { type RunningAdmin, startAdmin } from '../admin/start-admin.ts'
import type { Loaded } from '../config/load-config.ts'
import type { Settings } from '../config/schema.ts'
import { DemoProcess } from '../demo/demo-process.ts'
import { type Destination, type DestinationContext, openDestination } from '../pipeline/destination.ts'
import { ingest, type Stages } from '../pipeline/ingest.ts'
import { containerMemory } from '../platform/container-memory.ts'
import { randomIds } from '../bytes/random-ids.ts'
import { Queue, type QueueSettings } from '../queue/queue.ts'
import { ReceiverSet } from '../pipeline/receiver-set.ts'
import { RateHistory } from '../telemetry/rate-history.ts'
import { SelfTrace } from '../pipeline/self-trace.ts'
import type { Status } from '../telemetry/status.ts'
import { Translator } from '../translate/translator.ts'
import { VERSION } from '../version.ts'

/** How long requests to a destination that was replaced may go on, in milliseconds. */
const IN_FLIGHT_MS = 30_000

/** What an agent needs besides its settings. */
export type AgentContext = Omit<DestinationContext, 'storeFile' | 'translate' | 'storeChanged'>

/** An agent that runs. */
export interface Agent {
  /** How long a stop is to go on delivering, in milliseconds. */
  readonly stopTimeoutMs: number
  /**
   * Goes over to other settings: what did not change goes on undisturbed, and nothing that was taken is lost.
   *
   * @returns what was changed, a phrase each
   * @throws {Error} if it cannot be done; then the agent runs with the settings that it had
   */
  reload(loaded: Loaded): Promise<string[]>
  /** Stops front to back: nothing new is taken, what waits is delivered until `deadline`. Gives what is left in the spool. */
  stop(deadline: AbortSignal): Promise<number>
}

/**
 * Starts an agent: export ← queue ← translate ← receive, back to front.
 *
 * @throws {Error} if the spool or a port is not to be had; what was started is stopped again
 */
export async function startAgent(loaded: Loaded, context: AgentContext): Promise<Agent> {
  const agent = new RunningAgent(loaded, context)
  await agent.start()
  return agent
}

class RunningAgent implements Agent {
  readonly #started = new Date()
  readonly #queue: Queue
  readonly #stages: Stages
  readonly #receivers: ReceiverSet
  readonly #view: AgentView
  readonly #place: DestinationContext
  #destination: Destination
  #admin: RunningAdmin | undefined

  readonly #watchers = new Set<() => void>()
  readonly #rates: RateHistory
  readonly #demo = new DemoProcess()
  readonly #selfTrace: SelfTrace

  constructor(private loaded: Loaded, private readonly context: AgentContext) {
    const { events } = context
    const { settings } = loaded
    const queue = queueSettings(settings, context.env)
    this.#place = {
      ...context,
      storeFile: queue.dir === ':memory:' ? queue.dir : join(queue.dir, 'traces.sqlite'),
      translate: () => this.settings.translate,
      storeChanged: () => {
        for (const watcher of this.#watchers) watcher()
      },
    }
    this.#destination = openDestination(settings, this.#place)
    const exporter = {
      // What is in flight ends where it began; the next goes where the settings of then say.
      send: (...args: Parameters<Destination['exporter']['send']>) => {
        const send = (): Promise<void> => this.#destination.exporter.send(...args)
        if (!this.settings.selfTracing) return send()
        return this.#selfTrace.around({ documents: args[0].count, waiting: this.#queue.state.documents }, send)
      },
      stop: () => this.#destination.exporter.stop(),
    }
    this.#queue = new Queue(queue, exporter, events)
    this.#stages = {
      queue: this.#queue,
      events,
      translator: new Translator(settings.translate, randomIds()),
      sampling: this.#destination.sampling,
      keepRequest: this.#destination.keepRequest,
    }
    const ids = randomIds()
    const { document } = ingest('self', this.#stages)
    this.#selfTrace = new SelfTrace(VERSION, () => ids.next(), document)
    this.#rates = new RateHistory(() => ({
      received: events.counters.received.total,
      queued: events.counters.queued,
      waiting: this.#queue.state.documents,
      sent: events.counters.sent,
    }))
    const maxInFlight = Math.min(settings.receive.maxInFlight, (containerMemory() ?? Infinity) / 8)
    this.#receivers = new ReceiverSet((name) => ingest(name, this.#stages), events, maxInFlight)
    this.#view = {
      status: () => this.#status(),
      latency: events.counters.latency,
      letters: deadLetterView(this.#queue),
      hasTraces: () => this.#destination.store?.hasTraces() ?? null,
      rates: () => this.#rates.list(),
      config: () => this.loaded.values,
      demo: {
        isRunning: () => this.#demo.isRunning,
        start: () => this.#demo.start(this.#otlpPort()),
        stop: () => this.#demo.stop(),
      },
      watch: (watcher) => {
        this.#watchers.add(watcher)
        return () => this.#watchers.delete(watcher)
      },
      api: (request) => this.#destination.api?.(request),
    }
  }

  get settings(): Settings {
    return this.loaded.settings
  }

  get stopTimeoutMs(): number {
    return this.settings.queue.stopTimeout
  }

  async start(): Promise<void> {
    const { events } = this.context
    try {
      await this.#receivers.apply(this.settings)
      this.#startAdmin()
    } catch (error) {
      await this.stop(AbortSignal.timeout(1000))
      throw error
    }
    const { dir } = this.#queue.state
    events.started(`Started: rontgen ${VERSION}, ${this.#destination.description}; the spool is "${dir}"`)
  }

  /** Where the demo sends to. @throws {Error} if it cannot */
  #otlpPort(): number {
    const { http } = this.settings.receive.otlp
    const address = this.#receivers.addresses['otlp.http']
    if (address === undefined || http === false || http.tls !== undefined) {
      throw new Error('The demo sends to receive.otlp.http without TLS, and there is none')
    }
    return Number(address.split(':').pop())
  }

  #startAdmin(): void {
    const { admin } = this.settings
    if (admin === false) return
    try {
      this.#admin = startAdmin(admin, this.#view)
      this.context.events.listening('admin', this.#admin.address)
    } catch (error) {
      // Traces matter more than what is told of them.
      this.context.events.adminFailed(error)
    }
  }

  async reload(loaded: Loaded): Promise<string[]> {
    const old = this.loaded
    try {
      return await this.#apply(loaded)
    } catch (error) {
      await this.#apply(old).catch((cause: unknown) => this.context.events.reloadFailed(String(cause)))
      throw error
    }
  }

  async #apply(loaded: Loaded): Promise<string[]> {
    const old = this.settings
    const { settings } = loaded
    const isOther = (part: (of: Settings) => unknown): boolean => !isDeepStrictEqual(part(old), part(settings))
    const done: string[] = []
    if (isOther((of) => of.export)) {
      const before = this.#destination
      const destination = openDestination(settings, this.#place)
      // What is in flight ends there: each attempt has its time.
      setTimeout(() => void before.exporter.stop(), IN_FLIGHT_MS)
      void before.stop(AbortSignal.timeout(1000))
      this.#destination = destination
      this.#stages.sampling = destination.sampling
      this.#stages.keepRequest = destination.keepRequest
      done.push(`now ${destination.description}`)
    }
    this.loaded = loaded
    if (isOther((of) => of.translate)) {
      this.#stages.translator = new Translator(settings.translate, randomIds())
      done.push('translate changed')
    }
    if (isOther((of) => [of.queue, of.export])) this.#queue.configure(queueSettings(settings, this.context.env))
    if (isOther((of) => of.queue)) done.push('queue changed')
    if (isOther((of) => [of.queue.dir, of.queue.sync, of.queue.maxDeadLetters, of.receive.maxInFlight])) {
      done.push('queue.dir, queue.sync, queue.maxDeadLetters and receive.maxInFlight take effect at the next start')
    }
    done.push(...await this.#receivers.apply(settings))
    if (isOther((of) => of.admin)) {
      await this.#admin?.stop(AbortSignal.timeout(1000))
      this.#admin = undefined
      this.#startAdmin()
      done.push('admin changed')
    }
    return done
  }

  async stop(deadline: AbortSignal): Promise<number> {
    this.#demo.stop()
    await this.#receivers.stop('answered', deadline)
    // Meanwhile UDP goes on: what came while nobody listens would be lost.
    await this.#queue.flush(deadline)
    await this.#receivers.stop('unanswered', deadline)
    const left = await this.#queue.stop(deadline)
    await this.#destination.stop(deadline)
    await this.#destination.exporter.stop()
    this.#rates.stop()
    await this.#admin?.stop(AbortSignal.timeout(100))
    return left
  }

  #status(): Status {
    const { events } = this.context
    const { counters, lastFailure } = events
    const { dir, documents, bytes, maxBytes, oldestMs, delivery, deadLetters } = this.#queue.state
    return {
      version: VERSION,
      pid: process.pid,
      started: this.#started.toISOString(),
      uptime: (Date.now() - this.#started.getTime()) / 1000,
      config: this.loaded.file ?? null,
      configHash: createHash('sha256').update(JSON.stringify(this.settings)).digest('hex').slice(0, 12),
      credentials: this.#destination.credentials() ?? null,
      rates: this.#rates.perSecond(),
      listening: { ...this.#receivers.addresses, ...(this.#admin === undefined ? {} : { admin: this.#admin.address }) },
      queue: { dir, documents, bytes, maxBytes, oldest: oldestMs / 1000 },
      delivery: {
        to: this.#destination.description,
        state: delivery.isFailing ? 'failing' : 'ok',
        failingFor: delivery.failingForMs / 1000,
        lastFailure: lastFailure === undefined
          ? null
          : { time: new Date(lastFailure.time).toISOString(), message: lastFailure.message },
        inFlight: delivery.inFlight,
        limit: delivery.limit,
        retrying: delivery.retrying,
      },
      deadLetters,
      counts: {
        received: counters.received.by,
        senders: counters.senders.by,
        refused: counters.refused.by,
        failedRequests: counters.failedRequests.by,
        queued: counters.queued,
        cut: counters.cut,
        sent: counters.sent,
        retried: counters.retried.by,
        unprocessed: counters.unprocessed.by,
        dead: counters.dead.by,
        dropped: counters.dropped.by,
        requests: counters.requests.by,
      },
      problems: events.problems.list(),
      latency: { p50: counters.latency.quantile(0.5), p99: counters.latency.quantile(0.99) },
    }
  }
}

/** How the queue of an agent with these settings is kept. */
export function queueSettings({ queue, export: { xray } }: Settings, env: DestinationContext['env']): QueueSettings {
  const { dir, maxBytes, maxMemory, maxAge, maxDeadLetters, sync, batchWait } = queue
  return {
    dir: dir ?? defaultQueueDir(env),
    sync,
    maxBytes,
    maxMemory: Math.min(maxMemory, (containerMemory() ?? Infinity) / 8),
    maxDeadBytes: maxDeadLetters,
    maxAgeMs: maxAge,
    batchWaitMs: batchWait,
    concurrency: xray === false ? 1 : xray.concurrency,
    backOff: { firstMs: 500, longestMs: 10_000 },
  }
}

/** Where the spool is if the config does not say. */
function defaultQueueDir(env: DestinationContext['env']): string {
  if (process.getuid?.() === 0) return '/var/lib/rontgen'
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'rontgen')
}
