import { readFileSync } from 'node:fs'
import { untilAborted } from '../async/until-aborted.ts'

/** Certificates for a listener: names of PEM files. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  /** Certificates of those who may sign clients; clients must then show one. */
  readonly clientCa?: string | undefined
}

/** Where and how to serve. */
export interface ServeSettings {
  readonly host: string
  readonly port: number
  readonly tls?: TlsFiles | undefined
  /** A body over this is refused by the runtime itself. */
  readonly maxBodySize: number
}

/** What serves. */
export interface HttpServer {
  readonly port: number
  /** Takes nothing new, and ends once what was begun is answered, or at `deadline`. */
  stop(deadline: AbortSignal): Promise<void>
}

/** Answers a request. @param from returns the address of the sender */
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
 * Serves HTTP by the runtime's own server, Bun's or Deno's.
 *
 * @param handler gets each request, and a function that tells who sent it
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
  if (tls?.clientCa !== undefined) throw new Error('Deno cannot ask clients for certificates; use the executable')
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
      // To abort it as well would fail if it went down at that moment; a connection that is left ends with its client.
      await Promise.race([server.shutdown(), untilAborted(deadline)])
    },
  }
}
