import { hostname } from 'node:os'
import type { CredentialState } from '../aws/credential-source.ts'
import { openXray } from '../aws/open-xray.ts'
import { SamplingProxy, unavailable } from '../export/xray/sampling-proxy.ts'
import { localDefaults, type Settings } from '../config/schema.ts'
import { ConsoleExporter } from '../export/console/console-exporter.ts'
import type { Exporter } from '../component/exporter.ts'
import { TeeExporter } from '../export/tee-exporter.ts'
import { TelemetryReporter, type TelemetrySender } from '../export/xray/telemetry-reporter.ts'
import { XrayExporter } from '../export/xray/xray-exporter.ts'
import { LocalExporter } from '../export/local/local-exporter.ts'
import { pageApi } from '../local/api/page-api.ts'
import { LocalStore } from '../local/store/local-store.ts'
import { XrayApi } from '../local/api/xray-api.ts'
import type { Stages } from './ingest.ts'
import type { Next } from '../component/receiver.ts'
import type { Events } from '../telemetry/events.ts'
import { spanRules } from '../translate/span-rules.ts'
import type { TranslateSettings } from '../translate/translate-settings.ts'

/** Where segments go, and what is asked there. */
export interface Destination {
  readonly exporter: Exporter
  readonly sampling: Next['sampling']
  readonly description: string
  /** Answers the X-Ray API, and what the page asks; undefined if there is no local store. */
  readonly api: ((request: Request) => Response | Promise<Response>) | undefined
  /** The local store; undefined if there is none. */
  readonly store: LocalStore | undefined
  /** Keeps a request so that it can be looked at; undefined if nobody wants that. */
  readonly keepRequest: Stages['keepRequest']
  /** Whose keys requests to AWS are signed with; undefined if none were, or nothing is sent there. */
  credentials(): CredentialState | undefined
  /** Ends what goes on beside the deliveries. */
  stop(deadline: AbortSignal): Promise<void>
}

/** What a destination works with. */
export interface DestinationContext {
  readonly events: Events
  readonly env: Record<string, string | undefined>
  /** Where the local store is kept; `:memory:` keeps it in memory. */
  readonly storeFile: string
  /** How spans are translated now. */
  readonly translate: () => TranslateSettings
  /** Is told when the local store has something new to see. */
  readonly storeChanged?: () => void
  /** Writes to stdout. */
  readonly print: (text: string) => void
}

/**
 * Opens the places that `export` names; nothing is sent before there is something to send.
 *
 * @throws {Error} if a file that it names cannot be read, or the local store not be opened
 */
export function openDestination(settings: Settings, context: DestinationContext): Destination {
  const { xray, console: terminal } = settings.export
  const local = settings.export.local ?? (xray === false ? localDefaults : false)
  const documents = typeof terminal === 'object' && terminal.documents
  const onTerminal = terminal === undefined ? xray === false : terminal !== false
  const aws = xray === false ? undefined : openAws(xray, context)
  const own = local === false ? undefined : openLocal(local, context)
  const printer = onTerminal ? new ConsoleExporter({ documents }, context.print) : undefined
  const [first, ...others] = [aws?.exporter, own?.exporter, printer].filter((one) => one !== undefined)
  const places = [
    ...(aws === undefined ? [] : [`sending to AWS X-Ray${aws.endpoint}`]),
    ...(own === undefined ? [] : ['keeping traces in the local store']),
    ...(printer === undefined ? [] : ['printing traces']),
    ...(aws === undefined ? ['nothing leaves this machine'] : []),
  ]
  return {
    exporter: new TeeExporter(first ?? new ConsoleExporter({ documents }, () => {}), others),
    sampling: aws?.sampling ?? own?.sampling ?? (() => Promise.resolve(unavailable('export.xray is not set'))),
    description: places.join('; '),
    api: own?.api,
    store: own?.store,
    credentials: () => aws?.credentials(),
    keepRequest: own?.keepSpans === true ? (request, traces) => own.store.keepRequest(request, traces) : undefined,
    async stop(deadline) {
      await own?.exporter.stop()
      await aws?.stop(deadline)
    },
  }
}

type LocalSettings = Exclude<Settings['export']['local'], false | undefined>

/** The store on this machine. */
function openLocal({ maxBytes, maxAge, keepSpans }: LocalSettings, context: DestinationContext) {
  const failed = (error: unknown): void => context.events.storeFailed(error)
  const { storeFile: file, storeChanged: changed } = context
  const store = new LocalStore({
    file,
    maxBytes,
    maxAgeMs: maxAge,
    failed,
    ...(changed === undefined ? {} : { changed }),
  })
  const xrayApi = new XrayApi(store)
  const routes = xrayApi.routes().route(
    '/',
    pageApi(store, xrayApi.groups, (span) => spanRules(span, context.translate())),
  )
  const api = (request: Request): Response | Promise<Response> => routes.fetch(request)
  const sampling: Next['sampling'] = async (path, body) => {
    const headers = { 'content-type': 'application/json' }
    const response = await api(new Request(`http://localhost${path}`, { method: 'POST', headers, body: body.slice() }))
    return { status: response.status, headers, body: await response.text() }
  }
  return { exporter: new LocalExporter(store), api, sampling, store, keepSpans }
}

/** Who the agent is to X-Ray; the variables are those of the X-Ray daemon. */
function senderOf(resourceArn: string | undefined, env: DestinationContext['env']): TelemetrySender {
  const instance = env['AWS_INSTANCE_ID']
  return {
    Hostname: env['AWS_HOSTNAME'] || hostname(),
    ...(instance ? { EC2InstanceId: instance } : {}),
    ...(resourceArn === undefined ? {} : { ResourceARN: resourceArn }),
  }
}

/** AWS X-Ray. */
function openAws(xray: Exclude<Settings['export']['xray'], false>, { env, events }: DestinationContext) {
  const connection = openXray(xray, env)
  const proxy = new SamplingProxy(connection, events)
  const reporter = xray.telemetry
    ? new TelemetryReporter(connection, events, senderOf(xray.resourceArn, env))
    : undefined
  const sampling: Next['sampling'] = (path, body) => proxy.call(path, body)
  return {
    exporter: new XrayExporter(connection, events),
    sampling,
    credentials: () => connection.credentials(),
    endpoint: xray.endpoint === undefined ? '' : ` at ${xray.endpoint}`,
    stop: (deadline: AbortSignal) => reporter?.stop(deadline) ?? Promise.resolve(),
  }
}
