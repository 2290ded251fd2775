import type { RunningReceiver } from '../component/receiver.ts'
import { bindError } from '../net/bind-error.ts'
import { formatAddress } from '../net/format-address.ts'
import type { ReceiverReport } from '../telemetry/receiver-report.ts'
import { certificateWatch } from './certificate-watch.ts'
import { type HttpHandler, serveHttp, type ServeSettings } from '../platform/serve-http.ts'

/** Serves a receiver by the runtime's HTTP server. @throws {Error} if it cannot listen, with what to do */
export function serveReceiver(
  settings: Omit<ServeSettings, 'onShortage'>,
  handler: HttpHandler,
  report: ReceiverReport,
): RunningReceiver {
  try {
    const server = serveHttp(
      { ...settings, onShortage: (descriptors) => report.descriptorsShort(descriptors) },
      handler,
    )
    return {
      address: formatAddress(settings.host, server.port),
      hasNewCertificates: certificateWatch(settings.tls, report),
      stop: (deadline) => server.stop(deadline),
    }
  } catch (error) {
    throw bindError('TCP', settings, error)
  }
}
