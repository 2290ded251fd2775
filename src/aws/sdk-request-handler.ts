import type { FetchHttpHandler } from '@smithy/fetch-http-handler'
import type { Fetch } from '../platform/create-fetch.ts'

/**
 * Lets the AWS SDK's own clients (STS, SSO) send through our fetch: by themselves they use neither a proxy nor the
 * certificates that are set. The package is loaded when this is first called.
 *
 * @param timeoutMs per request
 */
export async function sdkRequestHandler(fetch: Fetch, timeoutMs: number): Promise<FetchHttpHandler> {
  const { FetchHttpHandler } = await import('@smithy/fetch-http-handler')
  const send = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const { url, method, headers } = request
    const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer()
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)])
    return await fetch(url, { method, headers, body, signal })
  }
  // Bun's type of fetch has `preconnect`, which the SDK does not call.
  return new FetchHttpHandler({ customFetch: Object.assign(send, { preconnect() {} }) })
}
