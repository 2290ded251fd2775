import * as v from 'valibot'
import type { Settings } from '../config/schema.ts'
import { CommandError, ExitCode } from '../errors/command-error.ts'
import { formatAddress } from '../net/format-address.ts'
import { loopbackHost } from '../net/loopback-host.ts'

const errorSchema = v.object({ message: v.string(), exitCode: v.optional(v.number()) })

/** How long an answer may take, in milliseconds. */
const TIMEOUT_MS = 10_000

/** No agent answers at the admin port. */
export class NoAgentError extends Error {
  override readonly name = 'NoAgentError'
}

/** The agent does not have what was asked for. */
export class NotFoundError extends CommandError {}

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
   * @param timeoutMs how long the answer may take, in milliseconds
   * @throws {NoAgentError} if nothing listens there
   * @throws {NotFoundError} with the agent's message if it does not have what is asked for
   * @throws {CommandError} with the agent's message if it answers with an error, or if it does not answer in time
   */
  async call<S extends v.GenericSchema>(
    path: string,
    schema: S,
    body?: object,
    timeoutMs = TIMEOUT_MS,
  ): Promise<v.InferOutput<S>> {
    const response = await this.#fetch(path, body, timeoutMs)
    const answer: unknown = await response.json().catch(() => undefined)
    if (!response.ok) {
      const error = v.safeParse(errorSchema, answer)
      const { message, exitCode = ExitCode.unavailable } = error.success
        ? error.output
        : { message: `${this.#url}${path} answered ${response.status}` }
      throw new (response.status === 404 ? NotFoundError : CommandError)(exitCode, message)
    }
    const parsed = v.safeParse(schema, answer)
    if (!parsed.success) throw new Error(`${this.#url} is not the admin port of this version of rontgen`)
    return parsed.output
  }

  async #fetch(path: string, body: object | undefined, timeoutMs: number): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await fetch(this.#url + path, { ...init, signal })
    } catch (cause) {
      if (signal.aborted) {
        const message = `The agent at ${this.#url} did not answer within ${timeoutMs / 1000} s`
        throw new CommandError(ExitCode.unavailable, message, { cause })
      }
      throw new NoAgentError(`No agent answers at ${this.#url}; is it running, with another config perhaps?`, { cause })
    }
  }
}
