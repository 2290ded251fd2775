import * as v from 'valibot'
import { duration } from '../component/values.ts'
import { listenAddress } from '../config/receiver-instances.ts'
import type { Settings } from '../config/schema.ts'
import { ExitCode } from '../errors/command-error.ts'
import { bindError } from '../net/bind-error.ts'
import { formatAddress } from '../net/format-address.ts'
import { loopbackHost } from '../net/loopback-host.ts'
import { type HttpHandler, type HttpServer, serveHttp } from '../platform/serve-http.ts'
import { otlpHttp } from '../receive/receivers.ts'
import type { Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { UsageError } from './usage-error.ts'

/** Runs a sample application that sends traces. */
export const demo: Command = {
  name: 'demo',
  summary: 'run a sample application that sends traces to the agent',
  args: '',
  details:
    'The application is instrumented with the OpenTelemetry SDK, and sends to the agent on this machine. Each route\n' +
    'returns the id of its trace: /, /outgoing-http-call, /outgoing-sampleapp (calls itself), /aws-sdk-call (lists S3\n' +
    'buckets). Without AWS credentials in the environment, a fake S3 answers with 403. --traffic adds visitors of a shop\n' +
    'with several services, some of which fail.',
  options: {
    ...configOptions,
    port: { type: 'string', value: 'PORT', summary: 'port to listen on; default: 8080' },
    page: {
      type: 'string',
      value: 'URL',
      summary: 'URL that /outgoing-http-call requests; default: https://aws.amazon.com/',
    },
    for: { type: 'string', value: 'TIME', summary: "stop after this time, such as '10m'" },
    traffic: { type: 'boolean', summary: 'simulate about 5 visitors per second' },
  },
  async run(context) {
    const { flags, env, print } = context
    const port = Number(flags['port'] ?? 8080)
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new UsageError('--port must be a port number')
    const lifetime = v.safeParse(v.optional(duration), flags['for'])
    if (!lifetime.success) throw new UsageError("--for must be a time such as '10m'")
    const { settings } = await loadFrom({ ...context, args: [] })
    const [{ Tracing }, { sampleApp }, { fakeS3 }, { shopTraffic }] = await Promise.all([
      import('../demo/open-tracing.ts'),
      import('../demo/sample-app.ts'),
      import('../demo/fake-s3.ts'),
      import('../demo/shop-traffic.ts'),
    ])
    const tracing = new Tracing(endpointOf(settings))
    const s3 = env['AWS_ACCESS_KEY_ID'] || env['AWS_PROFILE'] ? undefined : fakeS3()
    let url = ''
    const app = sampleApp(tracing.tracer('sample-app'), {
      page: String(flags['page'] ?? 'https://aws.amazon.com/'),
      self: () => url,
      s3Endpoint: s3 === undefined ? undefined : `http://127.0.0.1:${s3.port}`,
      region: env['AWS_REGION'] || 'us-west-2',
    })
    const server = serve(port, (request) => app.fetch(request))
    url = `http://${formatAddress('127.0.0.1', server.port)}`
    print(`The sample application listens on ${url} and sends its traces to ${endpointOf(settings)}\n`)
    for (const path of ['/', '/outgoing-http-call', '/outgoing-sampleapp', '/aws-sdk-call']) {
      print(`  curl ${url}${path}\n`)
    }
    const stop = new AbortController()
    if (flags['traffic'] === true) void shopTraffic(tracing, 5, stop.signal)
    await untilStopped(lifetime.output)
    stop.abort()
    await server.stop(AbortSignal.timeout(1000))
    await s3?.stop(AbortSignal.timeout(100))
    await Promise.race([tracing.stop(), new Promise((resolve) => setTimeout(resolve, 3000))])
    return ExitCode.ok
  },
}

/** @throws {Error} that says what to do if the port is in use */
function serve(port: number, handler: HttpHandler): HttpServer {
  const address = { host: '127.0.0.1', port }
  try {
    return serveHttp({ ...address, maxBodySize: 1 << 20 }, handler)
  } catch (cause) {
    throw new Error(`${bindError('TCP', address, cause).message}; --port takes another one, 0 any that is free`, {
      cause,
    })
  }
}

/** The URL at which the agent receives OTLP over HTTP. @throws {UsageError} if it does not */
function endpointOf(settings: Settings): string {
  const address = listenAddress(settings, otlpHttp.name)
  if (address === undefined) throw new UsageError(`The demo sends to receive.${otlpHttp.name}, which is off`)
  return `http${address.isTls ? 's' : ''}://${formatAddress(loopbackHost(address.host), address.port)}`
}

/** Resolves at SIGTERM or SIGINT, or after a time. */
function untilStopped(afterMs: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (afterMs !== undefined) setTimeout(resolve, afterMs)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
}
