import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Status } from '../../src/telemetry/status.ts'
import { AgentProcess, type Runtime } from './agent-process.ts'
import { FakeXray } from './fake-xray.ts'
import { localDocuments } from './local-documents.ts'
import { type CommandResult, runCommand } from './run-command.ts'
import type { SentDocument } from './send-documents.ts'
import { waitFor } from './wait-for.ts'

/** The exporters, by their names in the config. */
export const exporterNames = ['xray', 'audit', 'local', 'console'] as const
/** One of {@link exporterNames}. */
export type ExporterName = (typeof exporterNames)[number]

/** What the configs of a test have in common. */
export interface FourExportersOptions {
  readonly runtime?: Runtime
  /** The exporters, if not all. */
  readonly exporters?: readonly ExporterName[]
  /** Settings of `queue`, as the config has them. */
  readonly queue?: string
  /** Settings by exporter besides those that say where it is, as the config has them. */
  readonly settings?: Partial<Record<ExporterName, string>>
}

/** Nobody listens there. */
const UNUSED_PORT = 1
/** How long everything has to arrive, in milliseconds: long, as machines may be slow. */
const LIMIT_MS = 60_000

/** An agent that exports to two fakes of X-Ray, the local store and the console, and what arrived at each of them. */
export class FourExporters {
  readonly xray = new FakeXray()
  readonly audit = new FakeXray()
  /** Every agent that was started on the spool; the last one may run. */
  readonly agents: AgentProcess[] = []
  readonly #folder = mkdtempSync(join(tmpdir(), 'rontgen-exporters-'))
  readonly #stored = new Set<string>()

  private constructor(private readonly options: FourExportersOptions) {}

  /** Starts the fakes and an agent. */
  static async start(options: FourExportersOptions = {}): Promise<FourExporters> {
    const four = new FourExporters(options)
    await four.xray.start()
    await four.audit.start()
    await four.startAgent()
    return four
  }

  /** The folder of the spool. */
  get dir(): string {
    return join(this.#folder, 'spool')
  }

  /** The agent that was started last. */
  get agent(): AgentProcess {
    const last = this.agents.at(-1)
    if (last === undefined) throw new Error('No agent was started')
    return last
  }

  /** Starts an agent on the spool. @param config another one than that of {@link config} */
  async startAgent(config = this.config()): Promise<AgentProcess> {
    const { runtime = 'binary' } = this.options
    const agent = await AgentProcess.start({ runtime, dir: this.dir, config })
    this.agents.push(agent)
    return agent
  }

  /**
   * A config, as the text after `defineConfig(`.
   *
   * @param exporters what stands below `export`; else the four exporters
   */
  config(exporters = this.exporters()): string {
    return `{ export: { ${exporters} }, queue: { batchWait: '10ms', stopTimeout: '1s', ${this.options.queue ?? ''} } }`
  }

  /** What stands below `export` for some exporters; else for those of the test. */
  exporters(...names: readonly ExporterName[]): string {
    const { exporters = exporterNames } = this.options
    return (names.length === 0 ? exporters : names).map((name) => `${name}: ${this.exporter(name)}`).join(', ')
  }

  /** An exporter as the config has it. @param more settings */
  exporter(name: ExporterName, more = ''): string {
    const settings = `${this.options.settings?.[name] ?? ''} ${more}`
    if (name === 'local') return `{ ${settings} }`
    if (name === 'console') return `{ documents: true, ${settings} }`
    const { url } = this[name]
    const where = `region: 'us-west-2', endpoint: '${url}', timeout: '20s', telemetry: false`
    return name === 'xray' ? `{ ${where}, ${settings} }` : `{ type: 'xray', ${where}, ${settings} }`
  }

  /** How often each document was delivered to an exporter, by its id. The local store is asked for `sent` only. */
  async arrived(name: ExporterName, sent: readonly SentDocument[]): Promise<Map<string, number>> {
    if (name === 'local') return await this.#arrivedLocally(sent)
    const documents = name === 'console' ? this.agents.flatMap(printedDocuments) : this[name].documents
    const counts = new Map<string, number>()
    for (const document of documents) {
      const { id } = JSON.parse(document)
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    return counts
  }

  async #arrivedLocally(sent: readonly SentDocument[]): Promise<Map<string, number>> {
    const missing = sent.filter(({ id }) => !this.#stored.has(id))
    for (const id of await localDocuments(this.agent, missing.map(({ trace }) => trace))) this.#stored.add(id)
    return new Map(sent.filter(({ id }) => this.#stored.has(id)).map(({ id }) => [id, 1]))
  }

  /** Waits until documents have arrived. @param names at which exporters @throws {Error} that says how many are missing */
  async waitForAll(sent: readonly SentDocument[], names: readonly ExporterName[] = exporterNames): Promise<void> {
    for (const name of names) {
      let missing = sent
      const look = async (): Promise<boolean> => {
        const counts = await this.arrived(name, missing)
        missing = missing.filter(({ id }) => !counts.has(id))
        return missing.length === 0
      }
      await waitFor(look, `documents of ${sent.length} at ${name}`, LIMIT_MS).catch((error: unknown) => {
        throw new Error(`${missing.length} of ${sent.length} are missing at ${name}\n${this.agent.log}`, {
          cause: error,
        })
      })
    }
  }

  /** Documents that were delivered to an exporter more than once. */
  async duplicates(name: ExporterName): Promise<number> {
    return [...(await this.arrived(name, [])).values()].filter((count) => count > 1).length
  }

  /** Has the agent reload a config with other exporters. @param exporters what stands below `export` */
  async reload(exporters: string): Promise<void> {
    const { agent } = this
    const reloads = (): number => (agent.log.match(/Reloaded: .*now /g) ?? []).length
    const before = reloads()
    agent.writeConfig(this.config(exporters))
    agent.child.kill('SIGHUP')
    await waitFor(() => reloads() > before, 'the reload', LIMIT_MS).catch((error: unknown) => {
      throw new Error(`The config was not reloaded\n${agent.log}`, { cause: error })
    })
  }

  /** What the agent says of itself. */
  async status(): Promise<Status> {
    return await (await this.agent.admin('/status')).json() as Status
  }

  /** Runs a command by the agent, or on the spool if it has ended. @param exporters what stands below `export` */
  async command(args: readonly string[], exporters = this.exporters()): Promise<CommandResult> {
    const file = join(this.#folder, 'config.ts')
    writeFileSync(file, `export default ${this.config(exporters)}\n`)
    const port = this.agent.exitCode === undefined ? this.agent.port('admin') : UNUSED_PORT
    const env = { HOME: this.#folder, RONTGEN_ADMIN_PORT: String(port), RONTGEN_QUEUE_DIR: this.dir }
    return await runCommand([...args, '--config', file], env, this.options.runtime)
  }

  /** Ends everything. @returns what was wrong with requests to the fakes */
  async stop(): Promise<string[]> {
    for (const agent of this.agents) await agent.kill()
    await Promise.all([this.xray.stop(), this.audit.stop()])
    rmSync(this.#folder, { recursive: true, force: true })
    return [...this.xray.issues, ...this.audit.issues]
  }
}

/** The documents that an agent printed: whole lines only. */
function printedDocuments({ output }: AgentProcess): string[] {
  return output.split('\n').slice(0, -1)
}
