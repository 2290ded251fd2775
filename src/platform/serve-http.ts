import { readFileSync } from 'node:fs'
import { untilAborted } from '../async/until-aborted.ts'
import { type DescriptorUse, guardDescriptors } from './guard-descriptors.ts'

/** The certificates of a listener: names of PEM files. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  /** Certificate authorities of clients; clients must then present a certificate. */
  readonly clientCa?: string | undefined
}

/** Where and how to serve. */
export interface ServeSettings {
  readonly host: string
  readonly port: number
  readonly tls?: TlsFiles | undefined
  /** The runtime rejects larger bodies itself; in bytes. */
  readonly maxBodySize: number
  /** Called when connections that do nothing are closed, as most file descriptors are in use. */
  readonly onShortage?: (descriptors: DescriptorUse) => void
}

/** A running server. */
export interface HttpServer {
  readonly port: number
  /** Accepts no new requests; resolves once the current ones are answered, or at `deadline`. */
  stop(deadline: AbortSignal): Promise<void>
}

/** Answers a request. @param from returns the address of the client */
export type HttpHandler = (request: Request, from: () => string) => Response | Promise<Response>

interface DenoServer {
  addr: { port: number }
  shutdown(): Promise<void>
}

interface DenoLike {
  serve(
    options: object,
    handler: (
      request: Request,
      info: { remoteAddr: { hostname: string; port: number } },
    ) => Response | Promise<Response>,
  ): DenoServer
}

/**
 * Serves HTTP with the server of the runtime, Bun's or Deno's.
 *
 * @throws {Error} if it cannot listen
 */
export function serveHttp(settings: ServeSettings, handler: HttpHandler): HttpServer {
  const deno: DenoLike | undefined = Reflect.get(globalThis, 'Deno')
  return deno === undefined ? serveByBun(settings, handler) : serveByDeno(deno, settings, handler)
}

/** A connection may be idle, or wait for the next part of a request, for so long; in seconds. */
const IDLE_S = 120
/** Requests of a server that is replaced have this long to be answered, in milliseconds. */
const REPLACE_MS = 500

function serveByBun(
  { host, tls, maxBodySize, onShortage, ...settings }: ServeSettings,
  handler: HttpHandler,
): HttpServer {
  const certificates = tls === undefined ? {} : { tls: bunTls(tls) }
  const listen = (port: number) =>
    Bun.serve({
      hostname: host,
      port,
      idleTimeout: IDLE_S,
      maxRequestBodySize: maxBodySize,
      ...certificates,
      fetch(request, self) {
        const valid = withUrl(request)
        if (valid === undefined) return new Response('The Host header is not a host', { status: 400 })
        return handler(valid, () => {
          const address = self.requestIP(request)
          return address === null ? 'a client' : `${address.address}:${address.port}`
        })
      },
      error: () => new Response('Internal error', { status: 500 }),
    })
  let server = listen(settings.port)
  const port = server.port ?? settings.port
  // Bun has no timeout for connections that send nothing or half a head, and closes them with their server only.
  const unguard = guardDescriptors((descriptors) => {
    onShortage?.(descriptors)
    const old = server
    void old.stop()
    try {
      server = listen(port)
    } catch {
      // No descriptor is left for it, until the old connections are closed.
      void old.stop(true)
      server = listen(port)
    }
    setTimeout(() => void old.stop(true), REPLACE_MS).unref()
  })
  return {
    port,
    async stop(deadline) {
      unguard()
      await Promise.race([server.stop(), untilAborted(deadline)])
      await server.stop(true)
    },
  }
}

/**
 * A request with a whole URL: one by HTTP/1.0 may have no Host, and then has only a path.
 *
 * @returns undefined if its Host is not one
 */
function withUrl(request: Request): Request | undefined {
  if (URL.canParse(request.url)) return request
  return request.headers.get('host') === null ? new Request(`http://localhost${request.url}`, request) : undefined
}

function bunTls({ cert, key, clientCa }: TlsFiles) {
  return {
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
    ...(clientCa === undefined
      ? {}
      : { ca: readFileSync(clientCa, 'utf8'), requestCert: true, rejectUnauthorized: true }),
  }
}

function serveByDeno(deno: DenoLike, { host, port, tls }: ServeSettings, handler: HttpHandler): HttpServer {
  if (tls?.clientCa !== undefined) throw new Error('Deno cannot require client certificates; use the executable')
  const server = deno.serve(
    {
      hostname: host,
      port,
      onListen: () => {},
      ...(tls === undefined ? {} : { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') }),
    },
    (request, { remoteAddr }) => handler(request, () => `${remoteAddr.hostname}:${remoteAddr.port}`),
  )
  return {
    port: server.addr.port,
    async stop(deadline) {
      // Aborting it too would fail if it has just shut down; remaining connections end with their clients.
      await Promise.race([server.shutdown(), untilAborted(deadline)])
    },
  }
}
