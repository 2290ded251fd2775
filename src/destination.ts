import { readFileSync } from 'node:fs'
import type { CallOptions } from './aws/call-xray.ts'
import { SamplingProxy, unavailable } from './aws/sampling-proxy.ts'
import type { Settings } from './config/schema.ts'
import { ConsoleExporter } from './export/console-exporter.ts'
import type { Exporter } from './export/exporter.ts'
import { TeeExporter } from './export/tee-exporter.ts'
import { TelemetryReporter } from './export/telemetry-reporter.ts'
import { findAccess, type XrayAccess, XrayExporter, type XraySettings } from './export/xray-exporter.ts'
import { createFetch } from './platform/create-fetch.ts'
import type { Next } from './receive/receiver.ts'
import type { Events } from './telemetry/events.ts'
import { VERSION } from './version.ts'

/** Where segments go, and what is asked there. */
export interface Destination {
  readonly exporter: Exporter
  readonly sampling: Next['sampling']
  readonly description: string
  /** Ends what goes on beside the deliveries. */
  stop(deadline: AbortSignal): Promise<void>
}

/** What a destination works with. */
export interface DestinationContext {
  readonly events: Events
  readonly env: Record<string, string | undefined>
  /** Writes to stdout. */
  readonly print: (text: string) => void
}

/**
 * Opens the place that `export` names; nothing is sent before there is something to send.
 *
 * @throws {Error} if a file that it names cannot be read
 */
export function openDestination(settings: Settings, { events, env, print }: DestinationContext): Destination {
  const { xray, console: terminal } = settings.export
  const documents = typeof terminal === 'object' && terminal.documents
  const onTerminal = terminal === undefined ? xray === false : terminal !== false
  const printer = onTerminal ? [new ConsoleExporter({ documents }, print)] : []
  if (xray === false) {
    return {
      exporter: printer[0] ?? new ConsoleExporter({ documents }, () => {}),
      sampling: () => Promise.resolve(unavailable('export.xray is not set')),
      description: onTerminal
        ? 'printing traces; nothing leaves this machine'
        : 'traces go nowhere: export names no place',
      stop: () => Promise.resolve(),
    }
  }
  const caFile = xray.caFile ?? (env['AWS_CA_BUNDLE'] || undefined)
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8')
  const fetch = createFetch({ proxy: xray.proxy, ca }, env)
  const place = `OS/${process.platform}-${process.arch}`
  const userAgent = `rontgen/${VERSION} exec-env/${env['AWS_EXECUTION_ENV'] ?? 'UNKNOWN'} ${place}`
  const own: XraySettings = {
    ...xray,
    region: xray.region,
    endpoint: xray.endpoint,
    roleArn: xray.roleArn,
    externalId: xray.externalId,
    timeoutMs: xray.timeout,
    userAgent,
  }
  let found: Promise<XrayAccess> | undefined
  const access = (): Promise<XrayAccess> => {
    found ??= findAccess(own, env)
    found.catch(() => (found = undefined))
    return found
  }
  const options: CallOptions = { fetch, userAgent, timeoutMs: xray.timeout }
  const proxy = new SamplingProxy(access, options, events)
  const reporter = xray.telemetry ? new TelemetryReporter(access, options, events) : undefined
  return {
    exporter: new TeeExporter(new XrayExporter(own, fetch, access, events), printer),
    sampling: (path, body) => proxy.call(path, body),
    description: `sending to AWS X-Ray${xray.endpoint === undefined ? '' : ` at ${xray.endpoint}`}`,
    stop: (deadline) => reporter?.stop(deadline) ?? Promise.resolve(),
  }
}
