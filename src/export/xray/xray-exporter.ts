import { Deadlines } from '../../async/deadlines.ts'
import { BatchSigner } from '../../aws/batch-signer.ts'
import type { CredentialSource } from '../../aws/credential-source.ts'
import type { XrayConnection } from '../../aws/open-xray.ts'
import type { Batch } from '../../component/batch.ts'
import { ExportError } from '../../component/export-error.ts'
import { errorMessage } from '../../errors/error-message.ts'
import { hideSecrets } from '../../net/hide-secrets.ts'
import type { RequestOutcome } from '../../telemetry/counters.ts'
import type { ExporterReport } from '../../telemetry/exporter-report.ts'
import { checkUnprocessed } from './check-unprocessed.ts'
import { classifyAnswer, isCredentialError, outcomeOf } from './classify-answer.ts'
import { classifyFailure } from './classify-failure.ts'
import { SegmentsBody } from './segments-body.ts'

/** Where PutTraceSegments is, and what signs it. */
interface Target {
  readonly url: string
  readonly credentials: CredentialSource
  readonly signer: BatchSigner
}

/** A smaller difference of the clocks is left to AWS's own tolerance of five minutes, in milliseconds. */
const MIN_SKEW_MS = 60_000

/** Sends batches to AWS X-Ray by PutTraceSegments. */
export class XrayExporter {
  #target: Promise<Target> | undefined
  readonly #deadlines: Deadlines
  readonly #body = new SegmentsBody()
  /** AWS's clock minus that of this machine, in milliseconds. */
  #skewMs = 0

  constructor(private readonly connection: XrayConnection, private readonly report: ExporterReport) {
    this.#deadlines = new Deadlines(connection.timeoutMs)
  }

  async send(batch: Batch, signal: AbortSignal): Promise<void> {
    const { url, credentials, signer } = await this.#open()
    const keys = await credentials.get().catch(throwNoCredentials)
    const body = this.#body.build(batch)
    const headers = signer.sign(body, keys, Date.now() + this.#skewMs)
    headers['user-agent'] = this.connection.userAgent
    const begun = performance.now()
    const { response, text } = await this.#post(url, headers, body, signal)
    const ms = performance.now() - begun
    this.#body.release(body)
    if (response.status === 200) return this.#check(batch, text, ms)
    const { error, code } = classifyAnswer(response.status, response.headers, text)
    this.report.requested(outcomeOf(response.status, code), ms)
    if (isCredentialError(code)) credentials.refresh()
    if (/Skewed|SignatureDoesNotMatch|InvalidSignature/.test(code)) this.#learnSkew(response.headers)
    throw error
  }

  #check(batch: Batch, text: string, ms: number): void {
    let outcome: RequestOutcome = 'ok'
    try {
      checkUnprocessed(batch, text)
    } catch (error) {
      if (error instanceof ExportError && error.kind === 'retryable') outcome = 'other'
      throw error
    } finally {
      this.report.requested(outcome, ms)
    }
  }

  stop(): Promise<void> {
    this.#deadlines.stop()
    return Promise.resolve()
  }

  #open(): Promise<Target> {
    this.#target ??= this.connection.access().then(
      ({ endpoint, region, credentials }) => {
        const url = `${endpoint}/TraceSegments`
        return { url, credentials, signer: new BatchSigner(new URL(url), region) }
      },
      (error: unknown) => {
        this.#target = undefined
        throw error
      },
    )
    return this.#target
  }

  /** After a failure the body is not released: the runtime may still read it. */
  async #post(url: string, headers: Record<string, string>, body: Uint8Array<ArrayBuffer>, signal: AbortSignal) {
    const attempt = this.#deadlines.begin(signal)
    const begun = performance.now()
    try {
      const init = { method: 'POST', headers, body, signal: attempt.signal, redirect: 'manual' } as const
      const response = await this.connection.fetch(url, init)
      return { response, text: await response.text() }
    } catch (cause) {
      const isLate = attempt.signal.aborted
      const shown = hideSecrets(url)
      const why = isLate
        ? `no answer within ${this.connection.timeoutMs} ms`
        : errorMessage(cause).replaceAll(url, shown)
      if (!signal.aborted) {
        this.report.requested(isLate ? 'timeout' : classifyFailure(cause), performance.now() - begun)
      }
      throw new ExportError('retryable', `Cannot reach X-Ray at ${shown}: ${why}`, { cause })
    } finally {
      this.#deadlines.end(attempt)
    }
  }

  #learnSkew(headers: Headers): void {
    const awsTime = Date.parse(headers.get('date') ?? '')
    if (!Number.isFinite(awsTime)) return
    const skewMs = awsTime - Date.now()
    this.#skewMs = Math.abs(skewMs) > MIN_SKEW_MS ? skewMs : 0
  }
}

function throwNoCredentials(cause: unknown): never {
  throw new ExportError('retryable', `No AWS credentials were found: ${errorMessage(cause)}`, {
    cause,
    retryAfterMs: 5000,
    isUrgent: true,
  })
}
