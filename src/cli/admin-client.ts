import * as v from 'valibot'
import type { Settings } from '../config/schema.ts'
import { formatAddress } from '../net/format-address.ts'
import { loopbackHost } from '../net/loopback-host.ts'

const errorSchema = v.object({ message: v.string() })

/** No agent answers at the admin port. */
export class NoAgentError extends Error {
  override readonly name = 'NoAgentError'
}

/** Calls the admin port of the agent that runs with these settings. */
export class AdminClient {
  readonly #url: string

  /** @throws {Error} if the config turns the admin port off */
  constructor({ admin }: Settings) {
    if (admin === false) throw new Error('Cannot reach the agent: admin is false in the config')
    this.#url = `http://${formatAddress(loopbackHost(admin.host), admin.port)}`
  }

  /**
   * Sends a request: a GET, or a POST if there is a body.
   *
   * @returns the answer, checked by `schema`
   * @throws {NoAgentError} if nothing listens there
   * @throws {Error} with the agent's message if it answers with an error
   */
  async call<S extends v.GenericSchema>(path: string, schema: S, body?: object): Promise<v.InferOutput<S>> {
    const init = body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    let response: Response
    try {
      response = await fetch(this.#url + path, { ...init, signal: AbortSignal.timeout(10_000) })
    } catch (cause) {
      throw new NoAgentError(`No agent answers at ${this.#url}; is it running, and with this config?`, { cause })
    }
    const answer: unknown = await response.json().catch(() => undefined)
    if (!response.ok) {
      const error = v.safeParse(errorSchema, answer)
      throw new Error(error.success ? error.output.message : `${this.#url}${path} answered ${response.status}`)
    }
    const parsed = v.safeParse(schema, answer)
    if (!parsed.success) throw new Error(`${this.#url} is not the admin port of this version of rontgen`)
    return parsed.output
  }
}
