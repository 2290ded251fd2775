import { bindError } from '../net/bind-error.ts'
import { formatAddress } from '../net/format-address.ts'
import { serveHttp } from '../platform/serve-http.ts'
import { adminApp, MAX_BODY } from './admin-app.ts'
import type { AgentAccess } from './agent-access.ts'

/** Where the admin server listens. */
export interface AdminSettings {
  readonly host: string
  readonly port: number
}

/** A running admin server. */
export interface RunningAdmin {
  readonly address: string
  stop(deadline: AbortSignal): Promise<void>
}

/** Serves status, metrics and dead letters. @throws {Error} if it cannot listen */
export function startAdmin(settings: AdminSettings, agent: AgentAccess): RunningAdmin {
  const app = adminApp(settings.host, agent)
  try {
    const server = serveHttp({ ...settings, maxBodySize: 2 * MAX_BODY }, (request) => app.fetch(request))
    return {
      address: formatAddress(settings.host, server.port),
      stop: (deadline) => server.stop(deadline),
    }
  } catch (error) {
    throw bindError('TCP', settings, error)
  }
}
