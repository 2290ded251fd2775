import { ExportError } from '../component/export-error.ts'
import type { CredentialState } from '../component/exporter.ts'
import type { Fetch } from '../platform/create-fetch.ts'
import { VERSION } from '../version.ts'
import { type AwsClientSettings, awsFetch } from './aws-fetch.ts'
import { CredentialSource } from './credential-source.ts'
import { findRegion, namedRegion } from './find-region.ts'
import { signedFetch } from './signed-fetch.ts'
import { type EndpointSettings, xrayEndpoint } from './xray-endpoint.ts'

/** What of `export.xray` says how X-Ray is reached. */
export interface XrayConnectionSettings extends EndpointSettings, AwsClientSettings {
  readonly region?: string | undefined
  /** ARN of the IAM role to assume. */
  readonly roleArn?: string | undefined
  readonly externalId?: string | undefined
  /** Does not ask the EC2 metadata service for the region. */
  readonly localMode: boolean
  /** Per request, in milliseconds. */
  readonly timeout: number
}

/** Where X-Ray is, and which credentials sign requests to it. */
export interface XrayAccess {
  /** A URL without a path. */
  readonly endpoint: string
  readonly region: string
  readonly credentials: CredentialSource
}

/** The way to AWS X-Ray, for whatever calls it. */
export interface XrayConnection {
  readonly fetch: Fetch
  /** The User-Agent header of every request. */
  readonly userAgent: string
  /** Per request, in milliseconds. */
  readonly timeoutMs: number
  /**
   * Finds region, endpoint and credentials when first called; after a failure the next call tries again.
   *
   * @throws {ExportError} retryable, if no region is found
   */
  access(): Promise<XrayAccess>
  /**
   * Calls X-Ray, signed. This is for rare calls; batches are sent by `XrayExporter`.
   *
   * @param path such as `/GetSamplingRules`
   * @param body UTF-8 JSON
   * @throws {ExportError} retryable, if no region is found
   * @throws {Error} if there are no credentials, or no answer in time
   */
  call(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response>
  /** The region as far as it is known: that of the settings, or the one that {@link access} found. */
  region(): string | undefined
  /** The credentials in use; undefined before the first request. */
  credentials(): CredentialState | undefined
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * The one way from the settings of `export.xray` to a signed call.
 *
 * @throws {Error} if the file with certificates cannot be read
 */
export function openXray(settings: XrayConnectionSettings, env: Env): XrayConnection {
  const fetch = awsFetch(settings, env)
  const timeoutMs = settings.timeout
  const userAgent = userAgentOf(env)
  let found: Promise<XrayAccess> | undefined
  let last: XrayAccess | undefined
  const access = (): Promise<XrayAccess> => {
    found ??= findAccess(settings, env, fetch).then(
      (opened) => (last = opened),
      (error: unknown) => {
        found = undefined
        throw error
      },
    )
    return found
  }
  return {
    fetch,
    userAgent,
    timeoutMs,
    access,
    async call(path, body) {
      const { endpoint, region, credentials } = await access()
      const headers = { 'content-type': 'application/json', 'user-agent': userAgent }
      const request = { url: endpoint + path, service: 'xray', region, headers, body }
      return await signedFetch(request, credentials, { fetch, timeoutMs })
    },
    region: () => last?.region ?? namedRegion(settings.region, env),
    credentials: () => last?.credentials.state,
  }
}

async function findAccess(settings: XrayConnectionSettings, env: Env, fetch: Fetch): Promise<XrayAccess> {
  const { roleArn, externalId, timeout, localMode } = settings
  const region = await findRegion(settings.region, localMode ? { ...env, AWS_EC2_METADATA_DISABLED: 'true' } : env)
  if (region === undefined) {
    throw new ExportError('retryable', 'No AWS region is set: set region of the exporter, --region or AWS_REGION', {
      retryAfterMs: 10_000,
      isUrgent: true,
    })
  }
  return {
    endpoint: await xrayEndpoint(region, settings, env),
    region,
    credentials: new CredentialSource({ roleArn, externalId, region, fetch, timeoutMs: timeout }),
  }
}

/** The form is that of the X-Ray daemon. */
function userAgentOf(env: Env): string {
  const platform = `OS/${process.platform}-${process.arch}`
  return `rontgen/${VERSION} exec-env/${env['AWS_EXECUTION_ENV'] ?? 'UNKNOWN'} ${platform}`
}
