import { hostname } from 'node:os'
import { openXray, type XrayConnectionSettings } from '../../aws/open-xray.ts'
import type { ExporterContext, OpenExporter } from '../../component/exporter.ts'
import { SamplingProxy } from './sampling-proxy.ts'
import { TelemetryReporter, type TelemetrySender } from './telemetry-reporter.ts'
import { XrayExporter } from './xray-exporter.ts'

/** Settings of `export.xray`. */
export interface OpenXraySettings extends XrayConnectionSettings {
  readonly telemetry: boolean
  readonly resourceArn?: string | undefined
}

/** Opens the exporter to AWS X-Ray. @throws {Error} if the file with certificates cannot be read */
export function openXrayExporter(settings: OpenXraySettings, { env, report }: ExporterContext): OpenExporter {
  const { telemetry, endpoint, resourceArn } = settings
  const connection = openXray(settings, env)
  const exporter = new XrayExporter(connection, report)
  const proxy = new SamplingProxy(connection, report)
  const reporter = telemetry ? new TelemetryReporter(connection, report, senderOf(resourceArn, env)) : undefined
  return {
    describe: () => `sending to AWS X-Ray${endpoint === undefined ? '' : ` at ${endpoint}`}`,
    send: (batch, signal) => exporter.send(batch, signal),
    sampling: (path, body) => proxy.call(path, body),
    credentials: () => connection.credentials(),
    async stop(deadline) {
      await reporter?.stop(deadline)
      await exporter.stop()
    },
  }
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
