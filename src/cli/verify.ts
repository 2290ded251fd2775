import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import type { Settings } from '../config/schema.ts'
import { formatAddress } from '../net/format-address.ts'
import { toXrayTraceId } from '../trace/trace-id.ts'
import { AdminClient } from './admin-client.ts'
import { type Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { UsageError } from './usage-error.ts'
import { awsCaller, type XrayCaller, xrayInstances } from './xray-caller.ts'

const STEP_MS = 500
const found = v.object({ Traces: v.array(v.object({ Id: v.string() })) })
const listening = v.object({ listening: v.record(v.string(), v.string()) })

/** Sends a trace the whole way, and reads it back. */
export const verify: Command = {
  name: 'verify',
  summary: 'send a trace through the running agent, and read it back from where it goes',
  args: '',
  details:
    'The trace is one span of the service rontgen-verify. If the agent sends to AWS X-Ray it is read back there, which\n' +
    'needs the permission xray:BatchGetTraces; else from the local store. Exits 69 if it does not come.',
  options: {
    ...configOptions,
    timeout: { type: 'string', value: 'SECONDS', summary: 'how long to wait for it; else 30' },
  },
  async run(context) {
    const { flags, print, complain } = context
    const seconds = Number(flags['timeout'] ?? 30)
    if (!(seconds > 0)) throw new UsageError('--timeout must be a number of seconds')
    const { settings } = await loadFrom({ ...context, args: [] })
    const startedAt = Date.now()
    const trace = await send(settings)
    print(`Sent ${trace}\n`)
    const readers = xrayInstances(settings).map(({ name, settings: exporter }) => ({
      place: `AWS X-Ray (${name})`,
      caller: awsCaller(exporter, context.env),
    }))
    const local = { place: 'the local store', caller: new AdminClient(settings) }
    for (const { place, caller } of readers.length === 0 ? [local] : readers) {
      const failure = await waitForTrace(caller, trace, startedAt + seconds * 1000)
      if (failure === undefined) print(`It is in ${place}, after ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
      else {
        complain(`It did not come to ${place} in ${seconds} s${failure}; see rontgen doctor`)
        return ExitCode.unavailable
      }
    }
    return ExitCode.ok
  },
}

/** Asks for a trace until it is there. @returns undefined if it came by `end`; else the last error, or an empty text */
async function waitForTrace(caller: XrayCaller, trace: string, end: number): Promise<string | undefined> {
  let failure = ''
  do {
    try {
      const { Traces } = await caller.call('/Traces', found, { TraceIds: [trace] })
      if (Traces.length > 0) return undefined
    } catch (error) {
      failure = `: ${errorMessage(error)}`
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS))
  } while (Date.now() < end)
  return failure
}

/** Sends a span by OTLP. @returns its trace id in X-Ray's form @throws {Error} if the agent does not accept it */
async function send(settings: Settings): Promise<string> {
  const { http } = settings.receive.otlp
  const { listening: addresses } = await new AdminClient(settings).call('/status', listening)
  const address = addresses['otlp.http']
  if (http === false || address === undefined) {
    throw new Error('The agent receives no OTLP by HTTP, which verify sends by')
  }
  const now = Math.floor(Date.now() / 1000)
  const id = now.toString(16) + randomBytes(12).toString('hex')
  const attribute = (key: string, text: string) => ({ key, value: { stringValue: text } })
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
  const scheme = http.tls === undefined ? 'http' : 'https'
  const port = Number(address.split(':').pop())
  const host = http.host === '0.0.0.0' || http.host === '::' ? '127.0.0.1' : http.host
  const response = await fetch(`${scheme}://${formatAddress(host, port)}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'rontgen-verify' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`The agent answered ${response.status}: ${await response.text()}`)
  return toXrayTraceId(id)
}
