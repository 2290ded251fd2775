import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deno, root } from '../../scripts/tools.mjs'
import { waitFor } from './wait-for.ts'

/** How the program is run: as the executable, or by Deno from its source. */
export type Runtime = 'binary' | 'deno'

/** The command that runs the program. */
export function commandOf(runtime: Runtime): [string, ...string[]] {
  return runtime === 'binary'
    ? [join(root, 'dist/rontgen')]
    : [deno(), 'run', '-A', '--quiet', join(root, 'src/main.ts')]
}

/** How an agent is started. */
export interface AgentOptions {
  readonly runtime?: Runtime
  /** The program and its first arguments, instead of those of the runtime. */
  readonly program?: readonly string[]
  /** The argument of `defineConfig()`, as source text. */
  readonly config?: string
  readonly env?: Record<string, string>
  /** The folder of the spool; by default one that is deleted with the agent. */
  readonly dir?: string
  /** Arguments after `run --config FILE`. */
  readonly args?: readonly string[]
  /** All arguments of the program, instead of `run --config FILE`. */
  readonly line?: readonly string[]
  /** A command that starts the agent, such as `unshare`; the agent's command line follows it. */
  readonly wrap?: readonly string[]
}

/** An agent in its own process, on free ports. */
export class AgentProcess {
  log = ''
  output = ''
  exitCode: number | null | undefined

  private constructor(readonly child: ChildProcess, readonly folder: string) {
    child.stderr?.on('data', (chunk) => (this.log += String(chunk)))
    child.stdout?.on('data', (chunk) => (this.output += String(chunk)))
    child.on('exit', (code) => (this.exitCode = code))
  }

  /** Starts an agent, and waits until it listens. */
  static async start(options: AgentOptions = {}): Promise<AgentProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'rontgen-test-'))
    const config = join(folder, 'config.ts')
    writeFileSync(
      config,
      `import { defineConfig } from 'rontgen'\nexport default defineConfig(${options.config ?? '{}'})\n`,
    )
    const [command, ...args] = [...options.wrap ?? [], ...options.program ?? commandOf(options.runtime ?? 'binary')]
    const child = spawn(command ?? '', [
      ...args,
      ...(options.line ?? ['run', '--config', config, ...(options.args ?? [])]),
    ], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_EC2_METADATA_DISABLED: 'true',
        RONTGEN_OTLP_GRPC_PORT: '0',
        RONTGEN_OTLP_HTTP_PORT: '0',
        RONTGEN_XRAY_UDP_PORT: '0',
        RONTGEN_XRAY_PROXY_PORT: '0',
        RONTGEN_ADMIN_PORT: '0',
        RONTGEN_QUEUE_DIR: options.dir ?? join(folder, 'spool'),
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const agent = new AgentProcess(child, folder)
    try {
      await waitFor(() => agent.log.includes('Started:') || agent.exitCode !== undefined, 'the agent to start')
      if (agent.exitCode !== undefined) throw new Error(`The agent ended with ${agent.exitCode}:\n${agent.log}`)
    } catch (error) {
      await agent.kill()
      throw error
    }
    return agent
  }

  /** The address of a receiver, `host:port`. @param name such as `otlp.grpc` @throws {Error} if it does not listen */
  address(name: string): string {
    const match = [...this.log.matchAll(new RegExp(`Listening: ${name.replace('.', '\\.')} on (\\S+)`, 'g'))].pop()
    if (match?.[1] === undefined) throw new Error(`${name} does not listen:\n${this.log}`)
    return match[1]
  }

  /** Replaces the config; ports stay as they are. @param config the argument of `defineConfig()`, as source text */
  writeConfig(config: string): void {
    writeFileSync(
      join(this.folder, 'config.ts'),
      `import { defineConfig } from 'rontgen'\nexport default defineConfig(${config})\n`,
    )
  }

  /** Calls the admin port: GET, or POST with a body. */
  async admin(path: string, body?: object): Promise<Response> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return await fetch(`http://${this.address('admin')}${path}`, body === undefined ? {} : post)
  }

  port(name: string): number {
    return Number(this.address(name).split(':').pop())
  }

  /** Stops the agent with a signal. @returns its exit code; null if the signal ended it */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.exitCode === undefined) this.child.kill(signal)
    await waitFor(() => this.exitCode !== undefined, 'the agent to end')
    rmSync(this.folder, { recursive: true, force: true })
    return this.exitCode ?? null
  }

  async kill(): Promise<void> {
    await this.stop('SIGKILL')
  }
}
