import { homedir } from 'node:os'
import { join } from 'node:path'
import { ProcessManager } from './process-manager.ts'
import type { ServiceManager } from './service-manager.ts'
import { hasSystemd, SystemdManager } from './systemd-manager.ts'

/** What runs the agent in the background on this machine. */
export function openService(env: Readonly<Record<string, string | undefined>>): ServiceManager {
  return hasSystemd() ? new SystemdManager() : new ProcessManager(stateDir(env))
}

/** Where what belongs to the background agent is kept (RONTGEN_STATE_DIR). */
export function stateDir(env: Readonly<Record<string, string | undefined>>): string {
  if (env['RONTGEN_STATE_DIR']) return env['RONTGEN_STATE_DIR']
  if (process.getuid?.() === 0) return '/var/lib/rontgen'
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'rontgen')
}
