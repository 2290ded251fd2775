import type { XrayConnection } from '../../aws/open-xray.ts'
import type { SamplingAnswer } from '../../component/receiver.ts'
import { errorMessage } from '../../errors/error-message.ts'
import type { Events } from '../../telemetry/events.ts'

const forwardedHeaders = ['content-type', 'x-amzn-requestid', 'x-amzn-errortype', 'retry-after']
/** How many answers are cached at most. */
const MAX_RULES = 100

/** Passes sampling calls to X-Ray, signed; rules are cached, and served while X-Ray fails. */
export class SamplingProxy {
  /** The last good answer to each request for rules, by the request's body: pages have tokens. */
  readonly #rules = new Map<string, SamplingAnswer>()

  constructor(private readonly connection: XrayConnection, private readonly events: Events) {}

  /**
   * @param body UTF-8 JSON
   * @returns X-Ray's answer, else the cached rules, else a 503
   */
  async call(path: string, body: Uint8Array): Promise<SamplingAnswer> {
    const isRules = path === '/GetSamplingRules'
    const key = new TextDecoder().decode(body)
    try {
      const answer = await this.#ask(path, new Uint8Array(body))
      this.events.proxied(path, answer.status)
      if (isRules && answer.status === 200) this.#remember(key, answer)
      const isFailure = answer.status >= 500 || answer.status === 429 || answer.status === 403
      const known = isRules && isFailure ? this.#rules.get(key) : undefined
      if (known === undefined) return answer
      this.events.proxyFailed(path, `it answered ${answer.status}`, 'the rules that are known are served')
      return known
    } catch (error) {
      const reason = errorMessage(error)
      const known = isRules ? this.#rules.get(key) : undefined
      this.events.proxyFailed(
        path,
        reason,
        known === undefined ? 'SDKs go on by their own defaults' : 'the rules that are known are served',
      )
      return known ?? unavailable(reason)
    }
  }

  #remember(key: string, answer: SamplingAnswer): void {
    if (this.#rules.size > MAX_RULES) this.#rules.clear()
    this.#rules.set(key, answer)
  }

  async #ask(path: string, body: Uint8Array<ArrayBuffer>): Promise<SamplingAnswer> {
    const response = await this.connection.call(path, body)
    const headers: Record<string, string> = {}
    for (const name of forwardedHeaders) {
      const value = response.headers.get(name)
      if (value !== null) headers[name] = value
    }
    return { status: response.status, headers, body: new Uint8Array(await response.arrayBuffer()) }
  }
}

/** The answer to a sampling call when X-Ray cannot be asked. */
export function unavailable(reason: string): SamplingAnswer {
  return {
    status: 503,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ __type: 'ServiceUnavailableException', message: `X-Ray cannot be asked: ${reason}` }),
  }
}
