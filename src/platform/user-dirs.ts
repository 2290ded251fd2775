import { homedir } from 'node:os'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** The folder for the agent's state: RONTGEN_STATE_DIR, else /var/lib/rontgen for root, and one at home for others. */
export function stateDir(env: Env): string {
  return env['RONTGEN_STATE_DIR'] || userDir('/var/lib/rontgen', env['XDG_STATE_HOME'], '.local/state')
}

/** The folder for configs that `ctl` collects: RONTGEN_CONFIG_DIR, else /etc/rontgen for root, and one at home for others. */
export function configDir(env: Env): string {
  return env['RONTGEN_CONFIG_DIR'] || userDir('/etc/rontgen', env['XDG_CONFIG_HOME'], '.config')
}

function userDir(rootDir: string, xdgDir: string | undefined, homeDir: string): string {
  if (process.getuid?.() === 0) return rootDir
  return join(xdgDir || join(homedir(), homeDir), 'rontgen')
}
