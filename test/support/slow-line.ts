import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy that delivers everything later. */
export class SlowLine {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  /** @param to the port of 127.0.0.1 that it leads to @param delayMs each way */
  constructor(to: number, delayMs: number) {
    const pass = (from: Socket, onto: Socket): void => {
      this.#sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (chunk) => setTimeout(() => onto.writable && onto.write(chunk), delayMs))
      from.on('error', () => {})
      from.on('close', () => setTimeout(() => onto.destroy(), delayMs + 10))
    }
    this.#server = createServer((client) => {
      const target = connect(to, '127.0.0.1')
      pass(client, target)
      pass(target, client)
    })
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()))
    return this
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}` // it listens
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }
}
