import { AwsV4Signer } from 'aws4fetch'
import type { Fetch } from '../platform/create-fetch.ts'
import type { CredentialSource } from './credential-source.ts'

/** What is needed to call X-Ray. */
export interface XrayPlace {
  readonly endpoint: string
  readonly region: string
  readonly credentials: CredentialSource
}

/** How X-Ray is called. */
export interface CallOptions {
  readonly fetch: Fetch
  readonly userAgent: string
  readonly timeoutMs: number
}

/**
 * Calls X-Ray with a JSON body, signed.
 *
 * @throws {Error} if there are no credentials, or no answer
 */
export async function callXray(
  { endpoint, region, credentials }: XrayPlace,
  path: string,
  body: Uint8Array<ArrayBuffer>,
  { fetch, userAgent, timeoutMs }: CallOptions,
): Promise<Response> {
  const keys = await credentials.get()
  const signer = new AwsV4Signer({
    url: endpoint + path,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': userAgent },
    body,
    service: 'xray',
    region,
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken }),
  })
  const { url, headers } = await signer.sign()
  const response = await fetch(url.href, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
  if (response.status === 403) credentials.refresh()
  return response
}
