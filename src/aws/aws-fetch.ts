import { readFileSync } from 'node:fs'
import { errorMessage } from '../errors/error-message.ts'
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
  const bundle = env['AWS_CA_BUNDLE'] || undefined
  const ca = caFile === undefined ? readCertificates('AWS_CA_BUNDLE', bundle) : readCertificates('caFile', caFile)
  return createFetch({ proxy, ca, insecure }, env)
}

function readCertificates(setting: string, path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`Cannot read the certificates of ${setting}: ${errorMessage(cause)}`, { cause })
  }
}
