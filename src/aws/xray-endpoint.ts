/** How the X-Ray endpoint is chosen. */
export interface EndpointSettings {
  /** A URL that is used as it is. */
  readonly endpoint: string | undefined
  readonly fips: boolean
  readonly dualStack: boolean
}

/**
 * The URL of X-Ray in a region, without a path: as set, else by AWS's variables, else by the partition that the region
 * belongs to.
 */
export function xrayEndpoint(
  region: string,
  settings: EndpointSettings,
  env: Record<string, string | undefined>,
): string {
  const given = settings.endpoint ?? fromEnvironment(env)
  if (given !== undefined) return given.replace(/\/+$/, '')
  const fips = settings.fips || isTrue(env['AWS_USE_FIPS_ENDPOINT'])
  const dualStack = settings.dualStack || isTrue(env['AWS_USE_DUALSTACK_ENDPOINT'])
  return `https://xray${fips ? '-fips' : ''}.${region}.${suffixOf(region, dualStack)}`
}

function fromEnvironment(env: Record<string, string | undefined>): string | undefined {
  if (isTrue(env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])) return undefined
  return env['AWS_ENDPOINT_URL_XRAY'] || env['AWS_ENDPOINT_URL'] || undefined
}

function suffixOf(region: string, dualStack: boolean): string {
  if (region.startsWith('cn-')) return dualStack ? 'api.amazonwebservices.com.cn' : 'amazonaws.com.cn'
  if (region.startsWith('us-isob-')) return 'sc2s.sgov.gov'
  if (region.startsWith('us-iso-')) return 'c2s.ic.gov'
  return dualStack ? 'api.aws' : 'amazonaws.com'
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}
