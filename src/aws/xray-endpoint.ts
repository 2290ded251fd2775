import { dnsSuffix } from './dns-suffix.ts'

/** How the X-Ray endpoint is chosen. */
export interface EndpointSettings {
  /** A URL that is used as it is. */
  readonly endpoint?: string | undefined
  readonly fips: boolean
  readonly dualStack: boolean
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * The URL of X-Ray in a region, without a path: as set, else by AWS's variables, else by the partition that the region
 * belongs to.
 *
 * A URL that is set wins over FIPS and dual stack, where the AWS SDK refuses the combination: AWS_USE_FIPS_ENDPOINT may
 * hold for a whole host, and must not stop traces to a VPC endpoint.
 */
export async function xrayEndpoint(region: string, settings: EndpointSettings, env: Env): Promise<string> {
  const given = settings.endpoint ?? fromEnvironment(env)
  if (given !== undefined) return given.replace(/\/+$/, '')
  const fips = settings.fips || isTrue(env['AWS_USE_FIPS_ENDPOINT'])
  const dualStack = settings.dualStack || isTrue(env['AWS_USE_DUALSTACK_ENDPOINT'])
  return `https://xray${fips ? '-fips' : ''}.${region}.${await dnsSuffix(region, dualStack ? 'dualStack' : 'plain')}`
}

function fromEnvironment(env: Env): string | undefined {
  if (isTrue(env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])) return undefined
  return env['AWS_ENDPOINT_URL_XRAY'] || env['AWS_ENDPOINT_URL'] || undefined
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}
