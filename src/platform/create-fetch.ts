/** How requests leave the machine. */
export interface HttpClientSettings {
  /** An HTTP proxy, as a URL; else HTTPS_PROXY or HTTP_PROXY decide, in upper or lower case. */
  readonly proxy: string | undefined
  /** Certificates that are trusted besides the system's, PEM. */
  readonly ca: string | undefined
  /** Takes any certificate. */
  readonly insecure?: boolean
}

/** A function that fetches as set, like the global one. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

type Env = Record<string, string | undefined>

/** The fetch of this runtime with a proxy and certificates: Bun takes them per request, Deno by a client. */
export function createFetch(settings: HttpClientSettings, env: Env): Fetch {
  const { insecure = false } = settings
  const isPlain = settings.proxy === undefined && settings.ca === undefined && !insecure
  if (isPlain && !Object.keys(env).some((name) => /^(https?|no)_proxy$/i.test(name) && env[name])) return fetch
  const deno: { createHttpClient?: (options: object) => object } | undefined = Reflect.get(globalThis, 'Deno')
  const clients = new Map<string, object>()
  const proxies = new Map<string, string | undefined>()
  const proxyOf = (url: string): string | undefined => {
    // The few URLs of an agent never change, and neither does its environment.
    if (!proxies.has(url)) proxies.set(url, proxyFor(new URL(url), settings.proxy, env))
    return proxies.get(url)
  }
  return (url, init) => {
    const proxy = proxyOf(url)
    if (deno?.createHttpClient === undefined) {
      const tls = settings.ca === undefined && !insecure
        ? {}
        : { tls: { ...(settings.ca === undefined ? {} : { ca: settings.ca }), rejectUnauthorized: !insecure } }
      const options: object = { ...init, proxy: proxy ?? '', ...tls }
      return fetch(url, options) // the two are Bun's own
    }
    if (insecure) throw new Error('Deno checks certificates always; use the executable for export.xray.insecure')
    let client = clients.get(proxy ?? '')
    if (client === undefined) {
      client = deno.createHttpClient({
        ...(settings.ca === undefined ? {} : { caCerts: [settings.ca] }),
        ...(proxy === undefined ? {} : { proxy: { url: proxy } }),
      })
      clients.set(proxy ?? '', client)
    }
    const options: object = { ...init, client }
    return fetch(url, options) // the client is Deno's own
  }
}

/** The proxy for a URL, or undefined: NO_PROXY takes hosts, domains with or without a dot, `*`, and host:port. */
export function proxyFor(url: URL, set: string | undefined, env: Env): string | undefined {
  const from = (name: string): string | undefined => env[name.toLowerCase()] || env[name.toUpperCase()] || undefined
  const proxy = set ?? from(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy')
  if (proxy === undefined) return undefined
  const host = url.hostname.replace(/^\[|\]$/g, '')
  for (const entry of (from('no_proxy') ?? '').split(',').map((part) => part.trim().toLowerCase()).filter(Boolean)) {
    if (entry === '*' || entry === host || entry === url.host) return undefined
    const domain = entry.replace(/^\*?\./, '')
    if (host.endsWith('.' + domain)) return undefined
  }
  return proxy
}
