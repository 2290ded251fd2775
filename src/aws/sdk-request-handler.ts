import type { FetchHttpHandler } from '@smithy/fetch-http-handler'
import type { Fetch } from '../platform/create-fetch.ts'

/**
 * Makes the clients of the AWS SDK (STS, SSO) send through our fetch: otherwise they use neither the proxy nor the
 * certificates of the config. The package is loaded when this is first called.
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
