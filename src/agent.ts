import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SamplingProxy, unavailable } from './aws/sampling-proxy.ts'
import type { Settings } from './config/schema.ts'
import { ConsoleExporter } from './export/console-exporter.ts'
import type { Exporter } from './export/exporter.ts'
import { TeeExporter } from './export/tee-exporter.ts'
import { findAccess, type XrayAccess, XrayExporter, type XraySettings } from './export/xray-exporter.ts'
import { createFetch } from './platform/create-fetch.ts'
import { randomIds } from './platform/random-ids.ts'
import { Queue } from './queue/queue.ts'
import type { Next, Receiver, RunningReceiver } from './receive/receiver.ts'
import { receivers } from './receive/receivers.ts'
import { MAX_DOCUMENT } from './segment/limits.ts'
import { splitDocument } from './segment/split-document.ts'
import type { Events } from './telemetry/events.ts'
import { Translator } from './translate/translator.ts'
import { VERSION } from './version.ts'

type Env = Record<string, string | undefined>

/** What an agent needs besides its settings. */
export interface AgentContext {
  readonly events: Events
  readonly env: Env
  /** Writes to stdout. */
  readonly print: (text: string) => void
}

/** An agent that runs. */
export interface Agent {
  /** Where each receiver listens, by its name. */
  readonly addresses: Readonly<Record<string, string>>
  /** Stops front to back: nothing new is taken, what waits is delivered until `deadline`. Gives what is left in the spool. */
  stop(deadline: AbortSignal): Promise<number>
}

/**
 * Starts an agent: export ← queue ← translate ← receive, back to front.
 *
 * @throws {Error} if the spool or a port is not to be had; what was started is stopped again
 */
export async function startAgent(settings: Settings, { events, env, print }: AgentContext): Promise<Agent> {
  const destination = openDestination(settings, events, env, print)
  const { dir = defaultQueueDir(env), maxBytes, maxMemory, maxAge, sync, batchWait } = settings.queue
  const xray = settings.export.xray
  const queue = new Queue(
    {
      dir,
      sync,
      maxBytes,
      maxMemory,
      maxAgeMs: maxAge,
      batchWaitMs: batchWait,
      concurrency: xray === false ? 1 : xray.concurrency,
      backOff: { firstMs: 500, longestMs: 10_000 },
    },
    destination.exporter,
    events,
  )
  const next = forward(queue, new Translator(settings.translate, randomIds()), destination.sampling, events)
  const running: [string, RunningReceiver][] = []
  const stop = async (deadline: AbortSignal): Promise<number> => {
    await Promise.all(running.map(([, receiver]) => receiver.stop(deadline)))
    const left = await queue.stop(deadline)
    await destination.exporter.stop()
    return left
  }
  try {
    for (const [receiver, own] of wanted(settings)) {
      const started = await receiver.start(own, next, { events })
      running.push([receiver.name, started])
      events.listening(receiver.name, started.address)
    }
  } catch (error) {
    await stop(AbortSignal.timeout(1000))
    throw error
  }
  events.started(`Started: rontgen ${VERSION}, ${destination.description}; the spool is "${dir}"`)
  return { addresses: Object.fromEntries(running.map(([name, { address }]) => [name, address])), stop }
}

/** The receivers that are on, with their settings. */
function wanted({ receive }: Settings): [Receiver, unknown][] {
  const all: [Receiver, unknown][] = [
    [receivers.otlpGrpc, receive.otlp.grpc],
    [receivers.otlpHttp, receive.otlp.http],
    [receivers.xrayUdp, receive.xray.udp],
    [receivers.xrayProxy, receive.xray.proxy],
  ]
  return all.filter(([, own]) => own !== false)
}

/** The way from the receivers to the queue. */
function forward(queue: Queue, translator: Translator, sampling: Next['sampling'], events: Events): Next {
  return {
    traces(request, from) {
      const { result, committed } = queue.add((group) => translator.translate(request, group))
      events.received(result.spans)
      if (result.refused > 0) events.refused(result.refused, result.reason, from)
      return { rejectedSpans: result.refused, reason: result.reason, committed }
    },
    document(document) {
      queue.add((group) => {
        const parts = document.length <= MAX_DOCUMENT ? [document] : splitDocument(document)
        for (const part of parts) {
          group.begin()
          group.writer.document(part)
          group.end(0)
        }
      }, false)
      events.received(1)
    },
    sampling,
  }
}

interface Destination {
  readonly exporter: Exporter
  readonly sampling: Next['sampling']
  readonly description: string
}

function openDestination(settings: Settings, events: Events, env: Env, print: (text: string) => void): Destination {
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
    }
  }
  const caFile = xray.caFile ?? (env['AWS_CA_BUNDLE'] || undefined)
  const fetch = createFetch(
    { proxy: xray.proxy, ca: caFile === undefined ? undefined : readFileSync(caFile, 'utf8') },
    env,
  )
  const userAgent = `rontgen/${VERSION} exec-env/${
    env['AWS_EXECUTION_ENV'] ?? 'UNKNOWN'
  } OS/${process.platform}-${process.arch}`
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
  const proxy = new SamplingProxy(access, fetch, xray.timeout, userAgent, events)
  return {
    exporter: new TeeExporter(new XrayExporter(own, fetch, access), printer),
    sampling: (path, body) => proxy.call(path, body),
    description: `sending to AWS X-Ray${xray.endpoint === undefined ? '' : ` at ${xray.endpoint}`}`,
  }
}

/** Where the spool is if the config does not say. */
function defaultQueueDir(env: Env): string {
  if (process.getuid?.() === 0) return '/var/lib/rontgen'
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'rontgen')
}
