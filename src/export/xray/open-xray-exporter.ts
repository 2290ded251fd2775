import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { CallOptions } from '../../aws/call-xray.ts'
import type { ExporterContext, OpenExporter } from '../../component/exporter.ts'
import { createFetch } from '../../platform/create-fetch.ts'
import { VERSION } from '../../version.ts'
import { SamplingProxy } from './sampling-proxy.ts'
import { TelemetryReporter, type TelemetrySender } from './telemetry-reporter.ts'
import { findAccess, type XrayAccess, XrayExporter, type XraySettings } from './xray-exporter.ts'

/** Settings of `export.xray`; times in milliseconds. */
export interface OpenXraySettings {
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
  readonly roleArn?: string | undefined
  readonly externalId?: string | undefined
  readonly proxy?: string | undefined
  readonly caFile?: string | undefined
  readonly resourceArn?: string | undefined
  readonly insecure: boolean
  readonly localMode: boolean
  readonly fips: boolean
  readonly dualStack: boolean
  readonly telemetry: boolean
  readonly timeout: number
}

/** Opens the exporter to AWS X-Ray. @throws {Error} if a file that it names cannot be read */
export function openXrayExporter(settings: OpenXraySettings, { env, report }: ExporterContext): OpenExporter {
  const caFile = settings.caFile ?? (env['AWS_CA_BUNDLE'] || undefined)
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8')
  const fetch = createFetch({ proxy: settings.proxy, ca, insecure: settings.insecure }, env)
  const platform = `OS/${process.platform}-${process.arch}`
  const userAgent = `rontgen/${VERSION} exec-env/${env['AWS_EXECUTION_ENV'] ?? 'UNKNOWN'} ${platform}`
  const own: XraySettings = {
    ...settings,
    region: settings.region,
    endpoint: settings.endpoint,
    roleArn: settings.roleArn,
    externalId: settings.externalId,
    timeoutMs: settings.timeout,
    userAgent,
  }
  let found: Promise<XrayAccess> | undefined
  let opened: XrayAccess | undefined
  const access = (): Promise<XrayAccess> => {
    found ??= findAccess(own, settings.localMode ? { ...env, AWS_EC2_METADATA_DISABLED: 'true' } : env)
    found.then((one) => (opened = one), () => (found = undefined))
    return found
  }
  const options: CallOptions = { fetch, userAgent, timeoutMs: settings.timeout }
  const exporter = new XrayExporter(own, fetch, access, report)
  const proxy = new SamplingProxy(access, options, report)
  const telemetry = settings.telemetry
    ? new TelemetryReporter(access, options, report, senderOf(settings.resourceArn, env))
    : undefined
  return {
    describe: () => `sending to AWS X-Ray${settings.endpoint === undefined ? '' : ` at ${settings.endpoint}`}`,
    send: (batch, signal) => exporter.send(batch, signal),
    sampling: (path, body) => proxy.call(path, body),
    credentials: () => opened?.credentials.state,
    async stop(deadline) {
      await telemetry?.stop(deadline)
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
