import { isDeepStrictEqual } from 'node:util'
import type { AgentAccess } from '../admin/agent-access.ts'
import { QueueAccess } from '../admin/queue-access.ts'
import { type RunningAdmin, startAdmin } from '../admin/start-admin.ts'
import type { Loaded } from '../config/load-config.ts'
import type { Settings } from '../config/schema.ts'
import { listenAddress } from '../config/receiver-instances.ts'
import { DemoProcess } from '../demo/demo-process.ts'
import { errorMessage } from '../errors/error-message.ts'
import { isLoopback } from '../net/loopback-host.ts'
import { Pipeline, type PipelineContext } from '../pipeline/pipeline.ts'
import type { LeftInSpool } from '../telemetry/events.ts'
import { otlpHttp } from '../receive/receivers.ts'
import { RateHistory } from '../telemetry/rate-history.ts'
import { explainSpan } from './explain-span.ts'
import { VERSION } from '../version.ts'
import { statusOf } from './status-of.ts'

/** What an agent needs besides its settings. */
export type AgentContext = Omit<PipelineContext, 'changed'>

/** What a reload changed. */
export interface ReloadResult {
  /** One phrase each. */
  readonly changes: readonly string[]
  /** What the exporters do now; undefined if none was changed. */
  readonly exporters: string | undefined
}

/** A running agent. */
export interface Agent {
  /** How long a stop may go on delivering, in milliseconds. */
  readonly stopTimeoutMs: number
  /**
   * Applies other settings. What did not change keeps running, and nothing that was accepted is lost.
   *
   * @returns what was changed, and what the exporters do now
   * @throws {Error} if it cannot be done; then the agent runs with the settings that it had
   */
  reload(loaded: Loaded): Promise<ReloadResult>
  /** Accepts nothing new, and delivers queued documents until `deadline`. @returns what stays in the spool */
  stop(deadline: AbortSignal): Promise<LeftInSpool>
}

/**
 * Starts an agent.
 *
 * @throws {Error} if the spool or a port cannot be opened; everything that was started is stopped
 */
export async function startAgent(loaded: Loaded, context: AgentContext): Promise<Agent> {
  const agent = new RunningAgent(loaded, context)
  await agent.start()
  return agent
}

/** How long a failed start may take to stop what it started, in milliseconds. */
const FAILED_START_MS = 1000
/** How long the admin server may take to stop, in milliseconds: when it is replaced, and at the end. */
const ADMIN_REPLACE_MS = 1000
const ADMIN_STOP_MS = 100

class RunningAgent implements Agent {
  readonly #started = new Date()
  readonly #watchers = new Set<() => void>()
  readonly #pipeline: Pipeline
  readonly #rates: RateHistory
  readonly #demo = new DemoProcess()
  #admin: RunningAdmin | undefined
  /** What the admin server was started with. */
  #adminSettings: Settings['admin'] | undefined

  /** @throws {Error} if another process has the spool open */
  constructor(private loaded: Loaded, private readonly context: AgentContext) {
    const changed = (): void => {
      for (const watcher of this.#watchers) watcher()
    }
    this.#pipeline = new Pipeline(loaded.settings, { ...context, changed })
    const { counters } = context.events
    this.#rates = new RateHistory(() => ({
      received: counters.received.total,
      queued: counters.queued,
      waiting: Math.max(0, ...this.#pipeline.queue.state.lanes.map(({ documents }) => documents)),
      sent: Object.fromEntries(context.events.exporters.map((exporter) => [exporter.name, exporter.counters.sent])),
    }))
  }

  get settings(): Settings {
    return this.loaded.settings
  }

  get stopTimeoutMs(): number {
    return this.settings.queue.stopTimeout
  }

  async start(): Promise<void> {
    try {
      await this.#pipeline.start()
      this.#startAdmin()
    } catch (error) {
      await this.stop(AbortSignal.timeout(FAILED_START_MS))
      throw error
    }
    const { dir } = this.#pipeline.queue.state
    const { description } = this.#pipeline.exporters
    this.context.events.started(`Started: rontgen ${VERSION}, ${description}; the spool is "${dir}"`)
  }

  #startAdmin(): void {
    const { admin } = this.settings
    this.#adminSettings = admin
    if (admin === false) return
    try {
      this.#admin = startAdmin(admin, this.#access())
      this.context.events.listening('admin', this.#admin.address)
      if (!isLoopback(admin.host)) this.context.events.openToNetwork('admin', this.#admin.address)
    } catch (error) {
      // Traces matter more than the page that shows them.
      this.context.events.adminFailed(error)
    }
  }

  #access(): AgentAccess {
    const { exporters, queue } = this.#pipeline
    return {
      status: () =>
        statusOf({
          started: this.#started,
          loaded: this.loaded,
          pipeline: this.#pipeline,
          events: this.context.events,
          rates: this.#rates,
          adminAddress: this.#admin?.address,
        }),
      exporters: () => exporters.instances.map(({ name }) => this.context.events.exporter(name)),
      queue: new QueueAccess(queue.admin),
      hasTraces: () => exporters.hasTraces ?? null,
      rates: () => this.#rates.list(),
      config: () => this.loaded.values,
      demo: {
        isRunning: () => this.#demo.isRunning,
        start: () => this.#demo.start(this.#demoPort()),
        stop: () => this.#demo.stop(),
      },
      watch: (watcher) => {
        this.#watchers.add(watcher)
        return () => this.#watchers.delete(watcher)
      },
      explain: (traceId, id) => explainSpan(exporters.requests?.requestsOf(traceId) ?? [], id, this.settings.translate),
      api: (request) => exporters.api(request),
    }
  }

  /** The port that the demo sends to. @throws {Error} if there is none */
  #demoPort(): number {
    const listening = this.#pipeline.receivers.listening.find(({ name }) => name === otlpHttp.name)
    if (listening === undefined || listenAddress(this.settings, otlpHttp.name)?.isTls !== false) {
      throw new Error(`The demo sends to receive.${otlpHttp.name} without TLS, which is not on`)
    }
    return Number(listening.address.split(':').pop())
  }

  async reload(loaded: Loaded): Promise<ReloadResult> {
    const old = this.loaded
    try {
      const changes = await this.#apply(loaded)
      const areExportersChanged = !isDeepStrictEqual(old.settings.export, loaded.settings.export)
      return { changes, exporters: areExportersChanged ? this.#pipeline.exporters.description : undefined }
    } catch (error) {
      await this.#apply(old).catch((cause: unknown) => this.context.events.reloadFailed(errorMessage(cause)))
      throw error
    }
  }

  async #apply(loaded: Loaded): Promise<string[]> {
    this.loaded = loaded
    const changes = await this.#pipeline.apply(loaded.settings)
    if (isDeepStrictEqual(this.#adminSettings, loaded.settings.admin)) return changes
    await this.#admin?.stop(AbortSignal.timeout(ADMIN_REPLACE_MS))
    this.#admin = undefined
    this.#startAdmin()
    return [...changes, 'admin changed']
  }

  async stop(deadline: AbortSignal): Promise<LeftInSpool> {
    this.#demo.stop()
    const left = await this.#pipeline.stop(deadline)
    this.#rates.stop()
    await this.#admin?.stop(AbortSignal.timeout(ADMIN_STOP_MS))
    return left
  }
}
