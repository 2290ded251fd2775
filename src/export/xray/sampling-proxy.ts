import { errorMessage } from '../../errors/error-message.ts'
import type { Events } from '../../telemetry/events.ts'
import { type CallOptions, callXray, type XrayPlace } from '../../aws/call-xray.ts'

/** What X-Ray answered, or why it could not be asked. */
export interface ProxyAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer> | string
}

const kept = ['content-type', 'x-amzn-requestid', 'x-amzn-errortype', 'retry-after']

/** Passes sampling calls to X-Ray, signed; rules are remembered and served while AWS is away. */
export class SamplingProxy {
  /** The last good answer to each request for rules, by its body: pages have tokens. */
  readonly #rules = new Map<string, ProxyAnswer>()

  constructor(
    private readonly access: () => Promise<XrayPlace>,
    private readonly options: CallOptions,
    private readonly events: Events,
  ) {}

  async call(path: string, body: Uint8Array): Promise<ProxyAnswer> {
    const isRules = path === '/GetSamplingRules'
    const key = new TextDecoder().decode(body)
    try {
      const answer = await this.#ask(path, body)
      this.events.proxied(path, answer.status)
      if (isRules && answer.status === 200) {
        if (this.#rules.size > 100) this.#rules.clear()
        this.#rules.set(key, answer)
      }
      const known = answer.status >= 500 || answer.status === 429 || answer.status === 403
        ? this.#rules.get(key)
        : undefined
      if (!isRules || known === undefined) return answer
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

  async #ask(path: string, body: Uint8Array): Promise<ProxyAnswer> {
    const response = await callXray(await this.access(), path, new Uint8Array(body), this.options)
    const passed: Record<string, string> = {}
    for (const name of kept) {
      const value = response.headers.get(name)
      if (value !== null) passed[name] = value
    }
    return { status: response.status, headers: passed, body: new Uint8Array(await response.arrayBuffer()) }
  }
}

/** The answer when X-Ray cannot be asked. */
export function unavailable(reason: string): ProxyAnswer {
  return {
    status: 503,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ __type: 'ServiceUnavailableException', message: `X-Ray cannot be asked: ${reason}` }),
  }
}
