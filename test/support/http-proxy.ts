import { createServer, request as httpRequest, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

/** An HTTP proxy, with tunnels by CONNECT. */
export class HttpProxy {
  /** The host and port of every request and tunnel so far. */
  readonly targets: string[] = []
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      const { method, headers, url = '' } = request
      this.targets.push(new URL(url).host)
      const upstream = httpRequest(url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      request.pipe(upstream)
    })
    this.#server.on('connect', (request, socket) => {
      const [host, port] = (request.url ?? '').split(':')
      this.targets.push(request.url ?? '')
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        upstream.pipe(socket).pipe(upstream)
      })
      upstream.on('error', () => socket.destroy())
      socket.on('error', () => upstream.destroy())
    })
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()))
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` // it listens
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
