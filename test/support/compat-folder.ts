import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { AgentProcess, commandOf } from './agent-process.ts'

/** A folder for configs of other programs, deleted after the tests, and a function that runs the program in it. */
export function compatFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'rontgen-compat-'))
  after(() => rmSync(folder, { recursive: true }))
  let files = 0
  return {
    folder,
    /** Writes a file with a unique name. @returns its path */
    write(name: string, content: string | object): string {
      const path = join(folder, `${files++}-${name}`)
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
      return path
    },
    /** Runs a command, and waits until it ends. */
    run(...args: string[]) {
      const [program, ...first] = commandOf('binary')
      const env = { PATH: process.env['PATH'], HOME: folder }
      return spawnSync(program, [...first, ...args], { encoding: 'utf8', cwd: folder, env })
    },
  }
}

/** Environment of an agent whose config sets the ports. */
export const noPorts = {
  RONTGEN_OTLP_GRPC_PORT: '',
  RONTGEN_OTLP_HTTP_PORT: '',
  RONTGEN_XRAY_UDP_PORT: '',
  RONTGEN_XRAY_PROXY_PORT: '',
}

/** Starts an agent with a command line. @returns the values of its effective config by path, as JSON */
export async function configOf(
  line: readonly string[],
  env: Record<string, string> = {},
): Promise<Map<string, string>> {
  const agent = await AgentProcess.start({ line, env })
  const { values } = await (await agent.admin('/config')).json()
  await agent.stop()
  return new Map(values.map(({ path, value }: { path: string; value: string }) => [path, value]))
}
