import { stateDir } from '../platform/user-dirs.ts'
import { ProcessManager } from './process-manager.ts'
import type { ServiceManager } from './service-manager.ts'
import { hasSystemd, SystemdManager } from './systemd-manager.ts'

/** The service manager that runs the agent in the background on this machine. */
export function openService(env: Readonly<Record<string, string | undefined>>): ServiceManager {
  return hasSystemd() ? new SystemdManager() : new ProcessManager(stateDir(env))
}
