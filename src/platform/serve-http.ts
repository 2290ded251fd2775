import { readFileSync } from 'node:fs'
import { untilAborted } from '../async/until-aborted.ts'

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

function serveByBun({ host, port, tls, maxBodySize }: ServeSettings, handler: HttpHandler): HttpServer {
  const server = Bun.serve({
    hostname: host,
    port,
    idleTimeout: 120,
    maxRequestBodySize: maxBodySize,
    ...(tls === undefined ? {} : { tls: bunTls(tls) }),
    fetch: (request, self) =>
      handler(request, () => {
        const address = self.requestIP(request)
        return address === null ? 'a client' : `${address.address}:${address.port}`
      }),
    error: () => new Response('Internal error', { status: 500 }),
  })
  return {
    port: server.port ?? port,
    async stop(deadline) {
      await Promise.race([server.stop(), untilAborted(deadline)])
      await server.stop(true)
    },
  }
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
