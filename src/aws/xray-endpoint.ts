import { dnsSuffix } from './dns-suffix.ts'

/** How the X-Ray endpoint is chosen. */
export interface EndpointSettings {
  /** A URL that overrides the endpoint of the region. */
  readonly endpoint?: string | undefined
  readonly fips: boolean
  readonly dualStack: boolean
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * The URL of X-Ray in a region, without a path: that of the settings, else that of AWS's environment variables, else that
 * of the region's partition.
 *
 * A configured URL wins over FIPS and dual stack, a combination that the AWS SDK rejects: AWS_USE_FIPS_ENDPOINT may be set
 * for all programs of a host, and must not stop traces to a VPC endpoint.
 */
export async function xrayEndpoint(region: string, settings: EndpointSettings, env: Env): Promise<string> {
  const configured = configuredEndpoint(settings, env)
  if (configured !== undefined) return configured
  const fips = settings.fips || isTrue(env['AWS_USE_FIPS_ENDPOINT'])
  const dualStack = settings.dualStack || isTrue(env['AWS_USE_DUALSTACK_ENDPOINT'])
  return `https://xray${fips ? '-fips' : ''}.${region}.${await dnsSuffix(region, dualStack ? 'dualStack' : 'plain')}`
}

/** The URL that the settings or a variable name instead of that of the region, without a path; undefined if none does. */
export function configuredEndpoint({ endpoint }: Pick<EndpointSettings, 'endpoint'>, env: Env): string | undefined {
  return (endpoint ?? fromEnvironment(env))?.replace(/\/+$/, '')
}

function fromEnvironment(env: Env): string | undefined {
  if (isTrue(env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])) return undefined
  return env['AWS_ENDPOINT_URL_XRAY'] || env['AWS_ENDPOINT_URL'] || undefined
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}
