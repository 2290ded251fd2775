import { readFileSync } from 'node:fs'
import { createFetch, type Fetch } from '../platform/create-fetch.ts'

/** How AWS is reached over HTTP. */
export interface AwsClientSettings {
  /** An HTTP proxy, as a URL; else HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide. */
  readonly proxy?: string | undefined
  /** File with certificates to trust besides the system's, PEM; else AWS_CA_BUNDLE. */
  readonly caFile?: string | undefined
  /** Accepts any certificate. */
  readonly insecure?: boolean
}

/**
 * The fetch for every request to AWS: to X-Ray, STS, SSO and Systems Manager alike.
 *
 * @throws {Error} if the file with certificates cannot be read
 */
export function awsFetch(
  { proxy, caFile, insecure = false }: AwsClientSettings,
  env: Readonly<Record<string, string | undefined>>,
): Fetch {
  const path = caFile ?? (env['AWS_CA_BUNDLE'] || undefined)
  return createFetch({ proxy, ca: path === undefined ? undefined : readFileSync(path, 'utf8'), insecure }, env)
}
