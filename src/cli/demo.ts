import { ExitCode } from '../errors/command-error.ts'
import { listenAddress } from '../config/receiver-instances.ts'
import type { Settings } from '../config/schema.ts'
import { loopbackHost } from '../net/loopback-host.ts'
import { formatAddress } from '../net/format-address.ts'
import { serveHttp } from '../platform/serve-http.ts'
import * as v from 'valibot'
import { duration } from '../component/values.ts'
import { type Command } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'
import { UsageError } from './usage-error.ts'

/** Runs a sample application that sends traces. */
export const demo: Command = {
  name: 'demo',
  summary: 'run a sample application whose traces come here',
  args: '',
  details:
    'It is instrumented by the OpenTelemetry SDK and sends to the agent that runs beside it. Each route answers with\n' +
    "the id of its trace: /, /outgoing-http-call, /outgoing-sampleapp (calls itself), /aws-sdk-call (S3's buckets).\n" +
    'Without AWS credentials in the environment a stand-in answers for S3, with 403. --traffic adds the visitors of a\n' +
    'shop with several services, some of which fail.',
  options: {
    ...configOptions,
    port: { type: 'string', value: 'PORT', summary: 'where it listens; else 8080' },
    page: { type: 'string', value: 'URL', summary: 'what /outgoing-http-call calls; else https://aws.amazon.com/' },
    for: { type: 'string', value: 'TIME', summary: 'end after so long, such as 10m' },
    traffic: { type: 'boolean', summary: 'let visitors come, about 5 a second' },
  },
  async run(context) {
    const { flags, env, print } = context
    const port = Number(flags['port'] ?? 8080)
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new UsageError('--port is to be a port number')
    const time = v.safeParse(v.optional(duration), flags['for'])
    if (!time.success) throw new UsageError('--for is to be a time, such as 10m')
    const { settings } = await loadFrom({ ...context, args: [] })
    const [{ Tracing }, { sampleApp }, { fakeS3 }, { shopTraffic }] = await Promise.all([
      import('../demo/open-tracing.ts'),
      import('../demo/sample-app.ts'),
      import('../demo/fake-s3.ts'),
      import('../demo/shop-traffic.ts'),
    ])
    const tracing = new Tracing(endpointOf(settings))
    const standIn = env['AWS_ACCESS_KEY_ID'] || env['AWS_PROFILE'] ? undefined : fakeS3()
    let self = ''
    const app = sampleApp(tracing.tracer('sample-app'), {
      page: String(flags['page'] ?? 'https://aws.amazon.com/'),
      self: () => self,
      s3Endpoint: standIn === undefined ? undefined : `http://127.0.0.1:${standIn.port}`,
      region: env['AWS_REGION'] || 'us-west-2',
    })
    const server = serveHttp({ host: '127.0.0.1', port, maxBodySize: 1 << 20 }, (request) => app.fetch(request))
    self = `http://${formatAddress('127.0.0.1', server.port)}`
    print(`The sample application listens on ${self}; its traces go to ${endpointOf(settings)}\n`)
    for (const path of ['/', '/outgoing-http-call', '/outgoing-sampleapp', '/aws-sdk-call']) {
      print(`  curl ${self}${path}\n`)
    }
    const stop = new AbortController()
    if (flags['traffic'] === true) void shopTraffic(tracing, 5, stop.signal)
    await ended(time.output)
    stop.abort()
    await server.stop(AbortSignal.timeout(1000))
    await standIn?.stop(AbortSignal.timeout(100))
    await Promise.race([tracing.stop(), new Promise((resolve) => setTimeout(resolve, 3000))])
    return ExitCode.ok
  },
}

/** Where the agent receives OTLP over HTTP. @throws {UsageError} if it does not */
function endpointOf(settings: Settings): string {
  const address = listenAddress(settings, 'otlp.http')
  if (address === undefined) throw new UsageError('The demo sends to receive.otlp.http, which is off')
  return `http${address.isTls ? 's' : ''}://${formatAddress(loopbackHost(address.host), address.port)}`
}

/** @returns resolves at a signal, or when the time is over */
function ended(afterMs: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (afterMs !== undefined) setTimeout(resolve, afterMs)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
}
