import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

const ARN = 'arn:aws:sts::123456789012:assumed-role/traces/rontgen'

/** A fake of AWS STS. The secret key of every role is `role-secret`. */
export class FakeSts {
  /** The bodies of all requests. */
  readonly requests: string[] = []
  readonly #server: Server

  /** @param tls key and certificate, to serve by TLS */
  constructor(private readonly tls?: { readonly key: string; readonly cert: string }) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response)
    this.#server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()))
    return this
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo // it listens
    return `${this.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    this.requests.push(body)
    const action = new URLSearchParams(body).get('Action') ?? ''
    response.writeHead(200, { 'content-type': 'text/xml' })
    response.end(
      `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
      <Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey>
      <SessionToken>token</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>
      </Credentials><AssumedRoleUser><Arn>${ARN}</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>
      </${action}Result></${action}Response>`,
    )
  }
}
