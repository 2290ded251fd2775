import { errorMessage } from '../../errors/error-message.ts'
import { type SamplingAnswer, type SamplingPath, samplingUnavailable } from '../../component/sampling.ts'
import type { ExporterReport } from '../../telemetry/exporter-report.ts'
import { type CallOptions, callXray, type XrayPlace } from '../../aws/call-xray.ts'

const kept = ['content-type', 'x-amzn-requestid', 'x-amzn-errortype', 'retry-after']

/** Passes sampling calls to X-Ray, signed; rules are remembered and served while AWS is away. */
export class SamplingProxy {
  /** The last good answer to each request for rules, by its body: pages have tokens. */
  readonly #rules = new Map<string, SamplingAnswer>()

  constructor(
    private readonly access: () => Promise<XrayPlace>,
    private readonly options: CallOptions,
    private readonly exporter: ExporterReport,
  ) {}

  async call(path: SamplingPath, body: Uint8Array): Promise<SamplingAnswer> {
    const isRules = path === '/GetSamplingRules'
    const key = new TextDecoder().decode(body)
    try {
      const answer = await this.#ask(path, body)
      this.exporter.debug(`passed ${path} on: ${answer.status}`)
      if (isRules && answer.status === 200) {
        if (this.#rules.size > 100) this.#rules.clear()
        this.#rules.set(key, answer)
      }
      const known = answer.status >= 500 || answer.status === 429 || answer.status === 403
        ? this.#rules.get(key)
        : undefined
      if (!isRules || known === undefined) return answer
      this.#failed(path, `it answered ${answer.status}`, true)
      return known
    } catch (error) {
      const reason = errorMessage(error)
      const known = isRules ? this.#rules.get(key) : undefined
      this.#failed(path, reason, known !== undefined)
      return known ?? samplingUnavailable(reason)
    }
  }

  async #ask(path: string, body: Uint8Array): Promise<SamplingAnswer> {
    const response = await callXray(await this.access(), path, new Uint8Array(body), this.options)
    const passed: Record<string, string> = {}
    for (const name of kept) {
      const value = response.headers.get(name)
      if (value !== null) passed[name] = value
    }
    return { status: response.status, headers: passed, body: new Uint8Array(await response.arrayBuffer()) }
  }

  #failed(path: SamplingPath, reason: string, isKnown: boolean): void {
    const served = isKnown ? 'the rules that are known are served' : 'SDKs use their own defaults'
    this.exporter.problem('warn', `sampling ${path}`, `cannot pass ${path} to X-Ray: ${reason}; ${served}`)
  }
}
