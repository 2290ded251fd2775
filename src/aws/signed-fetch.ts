import { AwsV4Signer } from 'aws4fetch'
import type { Fetch } from '../platform/create-fetch.ts'
import type { CredentialSource } from './credential-source.ts'

/** A POST request to an AWS service. */
export interface AwsRequest {
  readonly url: string
  /** The service's name in signatures, such as `xray`. */
  readonly service: string
  readonly region: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer>
}

/** How a request is sent. */
export interface SendOptions {
  readonly fetch: Fetch
  readonly timeoutMs: number
}

/**
 * Signs a request by AWS Signature Version 4 and sends it. After a 403 the credentials are looked up again for the next
 * request. This is for rare calls; batches are signed by `BatchSigner`.
 *
 * @throws {Error} if there are no credentials, or no answer in time
 */
export async function signedFetch(
  { url, service, region, headers, body }: AwsRequest,
  credentials: CredentialSource,
  { fetch, timeoutMs }: SendOptions,
): Promise<Response> {
  const { accessKeyId, secretAccessKey, sessionToken } = await credentials.get()
  const signer = new AwsV4Signer({
    url,
    method: 'POST',
    headers: { ...headers },
    body,
    service,
    region,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  })
  const signed = await signer.sign()
  const response = await fetch(signed.url.href, {
    method: 'POST',
    headers: signed.headers,
    body,
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (response.status === 403) credentials.refresh()
  return response
}
