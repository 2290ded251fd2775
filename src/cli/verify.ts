import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { listenAddress } from '../config/receiver-instances.ts'
import type { Settings } from '../config/schema.ts'
import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { formatAddress } from '../net/format-address.ts'
import { loopbackHost } from '../net/loopback-host.ts'
import { otlpHttp } from '../receive/receivers.ts'
import { toXrayTraceId } from '../trace/trace-id.ts'
import { AdminClient } from './admin-client.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { UsageError } from './usage-error.ts'
import { awsCaller, type XrayCaller, xrayInstances } from './xray-caller.ts'

/** Pause between two attempts to read the trace, in milliseconds. */
const STEP_MS = 500
const tracesSchema = v.object({ Traces: v.array(v.object({ Id: v.string() })) })
const statusSchema = v.object({ listening: v.record(v.string(), v.string()) })

/** Sends a trace through the agent, and reads it back. */
export const verify: Command = {
  name: 'verify',
  summary: 'send a test trace through the running agent and read it back',
  args: '',
  details:
    'The trace is one span of the service rontgen-verify. It is read back from AWS X-Ray if the agent sends there, which\n' +
    'needs the permission xray:BatchGetTraces, and from the local store otherwise. Exits 69 if it does not arrive.',
  options: {
    ...configOptions,
    timeout: { type: 'string', value: 'SECONDS', summary: 'how long to wait for the trace; default: 30' },
  },
  async run(context) {
    const { flags, print, printError } = context
    const seconds = Number(flags['timeout'] ?? 30)
    if (!(seconds > 0)) throw new UsageError('--timeout must be a number of seconds')
    const { settings } = await loadFrom({ ...context, args: [] })
    const startedAt = Date.now()
    const trace = await send(settings)
    print(`Sent ${trace}\n`)
    const backends = xrayInstances(settings).map(({ name, settings: exporter }) => ({
      label: `AWS X-Ray (${name})`,
      caller: awsCaller(exporter, context.env),
    }))
    const local = { label: 'the local store', caller: new AdminClient(settings) }
    for (const { label, caller } of backends.length === 0 ? [local] : backends) {
      const failure = await waitForTrace(caller, trace, startedAt + seconds * 1000)
      if (failure === undefined) print(`It is in ${label}, after ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
      else {
        printError(`It did not arrive in ${label} within ${seconds} s${failure}; see rontgen doctor`)
        return ExitCode.unavailable
      }
    }
    return ExitCode.ok
  },
}

/**
 * Reads a trace again and again until it is there.
 *
 * @param end Unix milliseconds
 * @returns undefined if it arrived by `end`; else the last error after a colon, or an empty text
 */
async function waitForTrace(caller: XrayCaller, trace: string, end: number): Promise<string | undefined> {
  let failure = ''
  do {
    try {
      const { Traces } = await caller.call('/Traces', tracesSchema, { TraceIds: [trace] })
      if (Traces.length > 0) return undefined
    } catch (error) {
      failure = `: ${errorMessage(error)}`
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS))
  } while (Date.now() < end)
  return failure
}

/** Sends a span by OTLP. @returns its trace id in X-Ray's format @throws {Error} if the agent does not accept it */
async function send(settings: Settings): Promise<string> {
  const configured = listenAddress(settings, otlpHttp.name)
  const { listening: addresses } = await new AdminClient(settings).call('/status', statusSchema)
  const address = addresses[otlpHttp.name]
  if (configured === undefined || address === undefined) {
    throw new Error(`Cannot send the trace: receive.${otlpHttp.name} is off`)
  }
  const now = Math.floor(Date.now() / 1000)
  const id = now.toString(16) + randomBytes(12).toString('hex')
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const nanos = (seconds: number): string => `${BigInt(Math.round(seconds * 1e6)) * 1000n}`
  const span = {
    traceId: id,
    spanId: randomBytes(8).toString('hex'),
    name: 'rontgen verify',
    kind: 2,
    startTimeUnixNano: nanos(Date.now() / 1000 - 0.001),
    endTimeUnixNano: nanos(Date.now() / 1000),
    attributes: [attribute('rontgen.verify', 'true')],
  }
  const body = {
    resourceSpans: [{
      resource: { attributes: [attribute('service.name', 'rontgen-verify')] },
      scopeSpans: [{ spans: [span] }],
    }],
  }
  const scheme = configured.isTls ? 'https' : 'http'
  const port = Number(address.split(':').pop())
  const response = await fetch(`${scheme}://${formatAddress(loopbackHost(configured.host), port)}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'rontgen-verify' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`The agent answered ${response.status}: ${await response.text()}`)
  return toXrayTraceId(id)
}
