import * as v from 'valibot'
import { formatAddress } from '../net/format-address.ts'
import { loopbackHost } from '../net/loopback-host.ts'
import type { Settings } from '../config/schema.ts'

const messageSchema = v.object({ message: v.string() })

/** No agent answers at the admin port. */
export class NoAgentError extends Error {
  override readonly name = 'NoAgentError'
}

/** Calls the admin port of the agent that runs with these settings. */
export class AdminClient {
  readonly #url: string

  /** @throws {Error} if the config turns the admin port off */
  constructor({ admin }: Settings) {
    if (admin === false) throw new Error('Cannot ask the agent: admin is false in the config')
    this.#url = `http://${formatAddress(loopbackHost(admin.host), admin.port)}`
  }

  /**
   * @throws {NoAgentError} if nothing listens there
   * @throws {Error} in the agent's words if it does not do it
   */
  async call<S extends v.GenericSchema>(path: string, schema: S, body?: object): Promise<v.InferOutput<S>> {
    const init = body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    let response: Response
    try {
      response = await fetch(this.#url + path, { ...init, signal: AbortSignal.timeout(10_000) })
    } catch (cause) {
      throw new NoAgentError(`No agent answers at ${this.#url}; is it running, with another config perhaps?`, { cause })
    }
    const answer: unknown = await response.json().catch(() => undefined)
    if (!response.ok) {
      const said = v.safeParse(messageSchema, answer)
      throw new Error(said.success ? said.output.message : `${this.#url}${path} answered ${response.status}`)
    }
    const parsed = v.safeParse(schema, answer)
    if (!parsed.success) throw new Error(`What answers at ${this.#url} is no rontgen of this version`)
    return parsed.output
  }
}
