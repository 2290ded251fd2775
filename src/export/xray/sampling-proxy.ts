import type { XrayConnection } from '../../aws/open-xray.ts'
import { type SamplingAnswer, type SamplingPath, samplingUnavailable } from '../../component/sampling.ts'
import { errorMessage } from '../../errors/error-message.ts'
import type { ExporterReport } from '../../telemetry/exporter-report.ts'

const forwardedHeaders = ['content-type', 'x-amzn-requestid', 'x-amzn-errortype', 'retry-after']
/** How many answers are cached at most. */
const MAX_RULES = 100

/** Passes sampling calls to X-Ray, signed; rules are cached, and served while X-Ray fails. */
export class SamplingProxy {
  /** The last good answer to each request for rules, by the request's body: pages have tokens. */
  readonly #rules = new Map<string, SamplingAnswer>()

  constructor(private readonly connection: XrayConnection, private readonly report: ExporterReport) {}

  /**
   * @param body UTF-8 JSON
   * @returns X-Ray's answer, else the cached rules, else a 503
   */
  async call(path: SamplingPath, body: Uint8Array): Promise<SamplingAnswer> {
    const isRules = path === '/GetSamplingRules'
    const key = new TextDecoder().decode(body)
    try {
      const answer = await this.#ask(path, new Uint8Array(body))
      this.report.debug(`passed ${path} on: ${answer.status}`)
      if (isRules && answer.status === 200) this.#remember(key, answer)
      const isFailure = answer.status >= 500 || answer.status === 429 || answer.status === 403
      const known = isRules && isFailure ? this.#rules.get(key) : undefined
      if (known === undefined) return answer
      this.#failed(path, `it answered ${answer.status}`, true)
      return known
    } catch (error) {
      const reason = errorMessage(error)
      const known = isRules ? this.#rules.get(key) : undefined
      this.#failed(path, reason, known !== undefined)
      return known ?? samplingUnavailable(reason)
    }
  }

  #remember(key: string, answer: SamplingAnswer): void {
    if (this.#rules.size > MAX_RULES) this.#rules.clear()
    this.#rules.set(key, answer)
  }

  async #ask(path: SamplingPath, body: Uint8Array<ArrayBuffer>): Promise<SamplingAnswer> {
    const response = await this.connection.call(path, body)
    const headers: Record<string, string> = {}
    for (const name of forwardedHeaders) {
      const value = response.headers.get(name)
      if (value !== null) headers[name] = value
    }
    return { status: response.status, headers, body: new Uint8Array(await response.arrayBuffer()) }
  }
  #failed(path: SamplingPath, reason: string, isKnown: boolean): void {
    const served = isKnown ? 'the cached rules are served' : 'SDKs use their own defaults'
    this.report.problem('warn', `sampling ${path}`, `cannot pass ${path} to X-Ray: ${reason}; ${served}`)
  }
}
