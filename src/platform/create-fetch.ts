/** How HTTP requests are sent. */
export interface HttpClientSettings {
  /** URL of an HTTP proxy; if undefined, HTTPS_PROXY or HTTP_PROXY decide, in upper or lower case. */
  readonly proxy: string | undefined
  /** Certificates to trust besides the system's, PEM. */
  readonly ca: string | undefined
  /** Accepts any certificate. */
  readonly insecure?: boolean
}

/** Like the global `fetch`, with settings applied. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

type Env = Readonly<Record<string, string | undefined>>
type ProxyOf = (url: string) => string | undefined
/** A function that only Deno has. */
type CreateHttpClient = (options: object) => object

/** Makes a `fetch` with a proxy and certificates: Bun takes them per request, Deno in a client. */
export function createFetch(settings: HttpClientSettings, env: Env): Fetch {
  const isPlain = settings.proxy === undefined && settings.ca === undefined && settings.insecure !== true
  if (isPlain && !Object.keys(env).some((name) => /^(https?|no)_proxy$/i.test(name) && env[name])) return fetch
  const proxies = new Map<string, string | undefined>()
  const proxyOf: ProxyOf = (url) => {
    // The few URLs of an agent never change, and neither does its environment.
    if (!proxies.has(url)) proxies.set(url, proxyFor(new URL(url), settings.proxy, env))
    return proxies.get(url)
  }
  const deno: { createHttpClient?: CreateHttpClient } | undefined = Reflect.get(globalThis, 'Deno')
  return deno?.createHttpClient === undefined
    ? bunFetch(settings, proxyOf)
    : denoFetch(settings, proxyOf, deno.createHttpClient)
}

function bunFetch({ ca, insecure }: HttpClientSettings, proxyOf: ProxyOf): Fetch {
  const send = (url: string, init: RequestInit, tls: object | undefined): Promise<Response> => {
    const options: object = { ...init, proxy: proxyOf(url) ?? '', ...(tls === undefined ? {} : { tls }) }
    return fetch(url, options) // only Bun has `proxy` and `tls`
  }
  if (insecure === true) return (url, init) => send(url, init, { rejectUnauthorized: false })
  if (ca === undefined) return (url, init) => send(url, init, undefined)
  // In Bun `ca` replaces the system's certificates, and passing those with it costs 160 µs of CPU per request. So a URL
  // is sent to with the set that verified it last, and with the other set if that one does not.
  const verifiedByCa = new Set<string>()
  const sendWith = (isCa: boolean, url: string, init: RequestInit): Promise<Response> =>
    send(url, init, isCa ? { ca } : undefined)
  return (url, init) => {
    const isCa = verifiedByCa.has(url)
    return sendWith(isCa, url, init).catch(async (error: unknown) => {
      if (!isUntrusted(error)) throw error
      const response = await sendWith(!isCa, url, init)
      if (isCa) verifiedByCa.delete(url)
      else verifiedByCa.add(url)
      return response
    })
  }
}

function denoFetch({ ca, insecure }: HttpClientSettings, proxyOf: ProxyOf, create: CreateHttpClient): Fetch {
  const clients = new Map<string, object>()
  return (url, init) => {
    if (insecure === true) {
      throw new Error('Deno always checks certificates; use the executable for insecure: true')
    }
    const proxy = proxyOf(url)
    let client = clients.get(proxy ?? '')
    if (client === undefined) {
      client = create({
        ...(ca === undefined ? {} : { caCerts: [ca] }),
        ...(proxy === undefined ? {} : { proxy: { url: proxy } }),
      })
      clients.set(proxy ?? '', client)
    }
    const options: object = { ...init, client }
    return fetch(url, options) // only Deno has `client`
  }
}

/** True for a certificate whose issuer is not trusted, which is found before anything of the request is sent. */
function isUntrusted(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED|INVALID_CA/.test(code)
}

/**
 * The proxy for a URL; undefined if it is requested directly. NO_PROXY lists hosts, `host:port`, domains with or without
 * a leading dot, or `*`.
 */
export function proxyFor(url: URL, configured: string | undefined, env: Env): string | undefined {
  const from = (name: string): string | undefined => env[name.toLowerCase()] || env[name.toUpperCase()] || undefined
  const proxy = configured ?? from(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy')
  if (proxy === undefined) return undefined
  const host = url.hostname.replace(/^\[|\]$/g, '')
  for (const entry of (from('no_proxy') ?? '').split(',').map((part) => part.trim().toLowerCase()).filter(Boolean)) {
    if (entry === '*' || entry === host || entry === url.host) return undefined
    const domain = entry.replace(/^\*?\./, '')
    if (host.endsWith('.' + domain)) return undefined
  }
  return proxy
}
