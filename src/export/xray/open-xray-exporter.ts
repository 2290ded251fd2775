import { hostname } from 'node:os'
import { openXray, type XrayConnectionSettings } from '../../aws/open-xray.ts'
import { untilAborted } from '../../async/until-aborted.ts'
import { configuredEndpoint } from '../../aws/xray-endpoint.ts'
import type { ExporterContext, OpenExporter } from '../../component/exporter.ts'
import { hideSecrets } from '../../net/hide-secrets.ts'
import { SamplingProxy } from './sampling-proxy.ts'
import { TelemetryReporter, type TelemetrySender } from './telemetry-reporter.ts'
import { XrayExporter } from './xray-exporter.ts'

/** Settings of `export.xray`. */
export interface OpenXraySettings extends XrayConnectionSettings {
  readonly telemetry: boolean
  readonly resourceArn?: string | undefined
}

/** How long a start waits for the region where it is looked up, so that the log names it; in milliseconds. */
const REGION_MS = 300

/** Opens the exporter to AWS X-Ray. @throws {Error} if the file with certificates cannot be read */
export async function openXrayExporter(
  settings: OpenXraySettings,
  { env, report }: ExporterContext,
): Promise<OpenExporter> {
  const { telemetry, resourceArn } = settings
  const connection = openXray(settings, env)
  if (connection.region() === undefined) {
    // A failure is that of the first delivery, too, which reports it.
    const found = connection.access().catch(() => {})
    await Promise.race([found, untilAborted(AbortSignal.timeout(REGION_MS))])
  }
  const exporter = new XrayExporter(connection, report)
  const proxy = new SamplingProxy(connection, report)
  const reporter = telemetry ? new TelemetryReporter(connection, report, senderOf(resourceArn, env)) : undefined
  return {
    describe: () => describeTarget(connection.region(), settings, env),
    send: (batch, signal) => exporter.send(batch, signal),
    sampling: (path, body) => proxy.call(path, body),
    credentials: () => connection.credentials(),
    async stop(deadline) {
      await reporter?.stop(deadline)
      await exporter.stop()
    },
  }
}

/** Where it sends: `sending to AWS X-Ray in us-west-2, account 123456789012, at https://…`, as far as that is known. */
function describeTarget(region: string | undefined, settings: OpenXraySettings, env: ExporterContext['env']): string {
  // arn:aws:iam::123456789012:role/traces
  const account = settings.roleArn?.split(':')[4]
  const endpoint = configuredEndpoint(settings, env)
  const place = region === undefined ? '' : ` in ${region}`
  return [
    `sending to AWS X-Ray${place}`,
    ...(account ? [`account ${account}`] : []),
    ...(endpoint === undefined ? [] : [`at ${hideSecrets(endpoint)}`]),
  ].join(', ')
}

/** Who the agent is to X-Ray; the variables are those of the X-Ray daemon. */
function senderOf(resourceArn: string | undefined, env: ExporterContext['env']): TelemetrySender {
  const instance = env['AWS_INSTANCE_ID']
  return {
    Hostname: env['AWS_HOSTNAME'] || hostname(),
    ...(instance ? { EC2InstanceId: instance } : {}),
    ...(resourceArn === undefined ? {} : { ResourceARN: resourceArn }),
  }
}
