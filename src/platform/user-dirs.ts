import { homedir } from 'node:os'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** The folder of the agent's state: RONTGEN_STATE_DIR, else /var/lib/rontgen for root, and one in the home of others. */
export function stateDir(env: Env): string {
  return env['RONTGEN_STATE_DIR'] || userDir('/var/lib/rontgen', env['XDG_STATE_HOME'], '.local/state')
}

/** The folder of configs that commands put together: RONTGEN_CONFIG_DIR, else /etc/rontgen for root. */
export function configDir(env: Env): string {
  return env['RONTGEN_CONFIG_DIR'] || userDir('/etc/rontgen', env['XDG_CONFIG_HOME'], '.config')
}

function userDir(ofRoot: string, xdg: string | undefined, inHome: string): string {
  if (process.getuid?.() === 0) return ofRoot
  return join(xdg || join(homedir(), inHome), 'rontgen')
}
