import { errorMessage } from '../../errors/error-message.ts'
import { BatchSigner } from '../../aws/batch-signer.ts'
import { CredentialSource } from '../../aws/credential-source.ts'
import { type EndpointSettings, xrayEndpoint } from '../../aws/xray-endpoint.ts'
import { findRegion } from '../../aws/find-region.ts'
import { Deadlines } from '../../async/deadlines.ts'
import type { Fetch } from '../../platform/create-fetch.ts'
import { BufferPool } from '../../bytes/buffer-pool.ts'
import { type Batch, documentsOf, documentText, partBytes } from '../../component/batch.ts'
import type { Outcome } from '../../telemetry/counters.ts'
import type { Events } from '../../telemetry/events.ts'
import { ExportError } from '../../component/export-error.ts'
import type { Exporter } from '../../component/exporter.ts'
import { classifyAnswer, isCredentialError, outcomeOf } from './classify-answer.ts'

/** Where and how segments are sent to AWS X-Ray. */
export interface XraySettings extends EndpointSettings {
  readonly region: string | undefined
  readonly roleArn: string | undefined
  readonly externalId: string | undefined
  /** Per attempt, in milliseconds. */
  readonly timeoutMs: number
  readonly userAgent: string
}

/** What is needed to talk to X-Ray, found when it is first needed. */
export interface XrayAccess {
  readonly endpoint: string
  readonly region: string
  readonly credentials: CredentialSource
}

const encoder = new TextEncoder()
const HEAD = encoder.encode('{"TraceSegmentDocuments":[')
const TAIL = encoder.encode(']}')
const COMMA = 0x2c
type Env = Record<string, string | undefined>

/**
 * Finds region, endpoint and credentials.
 *
 * @throws {ExportError} retryable, if the region is not to be found
 */
export async function findAccess(settings: XraySettings, env: Env): Promise<XrayAccess> {
  const region = await findRegion(settings.region, env)
  if (region === undefined) {
    throw new ExportError('retryable', 'No AWS region is set: set export.xray.region, --region or AWS_REGION', {
      retryAfterMs: 10_000,
      isUrgent: true,
    })
  }
  const { roleArn, externalId } = settings
  return {
    endpoint: xrayEndpoint(region, settings, env),
    region,
    credentials: new CredentialSource({ roleArn, externalId, region }),
  }
}

/** Brings batches to AWS X-Ray by PutTraceSegments. */
export class XrayExporter implements Exporter {
  #access: Promise<{ access: XrayAccess; url: string; signer: BatchSigner }> | undefined
  readonly #deadlines: Deadlines
  readonly #bodies = new BufferPool(16)
  /** AWS's clock minus ours, in milliseconds. */
  #skew = 0

  constructor(
    private readonly settings: XraySettings,
    private readonly fetch: Fetch,
    private readonly access: () => Promise<XrayAccess>,
    private readonly events: Events,
  ) {
    this.#deadlines = new Deadlines(settings.timeoutMs)
  }

  async send(batch: Batch, signal: AbortSignal): Promise<void> {
    const { access, url, signer } = await this.#open()
    const credentials = await access.credentials.get().catch((cause: unknown) => {
      const why = errorMessage(cause)
      throw new ExportError('retryable', `No AWS credentials were found: ${why}`, {
        cause,
        retryAfterMs: 5000,
        isUrgent: true,
      })
    })
    const body = this.#bodyOf(batch)
    const headers = signer.sign(body, credentials, Date.now() + this.#skew)
    headers['user-agent'] = this.settings.userAgent
    const begun = performance.now()
    const { response, text } = await this.#post(url, headers, body, signal)
    const ms = performance.now() - begun
    this.#bodies.release(new Uint8Array(body.buffer))
    if (response.status === 200) {
      this.events.requested('ok', ms)
      if (/"UnprocessedTraceSegments"\s*:\s*\[\s*\]/.test(text)) return
      return checkUnprocessed(batch, text)
    }
    const { error, code } = classifyAnswer(response.status, response.headers, text)
    this.events.requested(outcomeOf(response.status, code), ms)
    if (isCredentialError(code)) access.credentials.refresh()
    if (/Skewed|SignatureDoesNotMatch|InvalidSignature/.test(code)) this.#learnSkew(response.headers)
    throw error
  }

  stop(): Promise<void> {
    this.#deadlines.stop()
    return Promise.resolve()
  }

  #open() {
    this.#access ??= this.access().then((access) => {
      const url = `${access.endpoint}/TraceSegments`
      return { access, url, signer: new BatchSigner(new URL(url), access.region) }
    })
    this.#access.catch(() => (this.#access = undefined))
    return this.#access
  }

  async #post(url: string, headers: Record<string, string>, body: Uint8Array<ArrayBuffer>, signal: AbortSignal) {
    const attempt = this.#deadlines.begin(signal)
    const begun = performance.now()
    try {
      const response = await this.fetch(url, {
        method: 'POST',
        headers,
        body,
        signal: attempt.signal,
        redirect: 'manual',
      })
      return { response, text: await response.text() }
    } catch (cause) {
      const why = attempt.signal.aborted ? `no answer within ${this.settings.timeoutMs} ms` : errorMessage(cause)
      if (!signal.aborted) {
        const outcome = attempt.signal.aborted ? 'timeout' : failureOf(cause)
        this.events.requested(outcome, performance.now() - begun)
      }
      throw new ExportError('retryable', `Cannot reach X-Ray at ${url}: ${why}`, { cause })
    } finally {
      this.#deadlines.end(attempt)
    }
  }

  #bodyOf(batch: Batch): Uint8Array<ArrayBuffer> {
    const parts = batch.parts.map(partBytes)
    const size = parts.reduce((sum, part) => sum + part.length + 1, HEAD.length + TAIL.length - 1)
    const body = this.#bodies.acquire(Math.max(size, 1 << 17))
    body.set(HEAD)
    let at = HEAD.length
    parts.forEach((part, i) => {
      if (i > 0) body[at++] = COMMA
      body.set(part, at)
      at += part.length
    })
    body.set(TAIL, at)
    return body.subarray(0, size)
  }

  #learnSkew(headers: Headers): void {
    const theirs = Date.parse(headers.get('date') ?? '')
    if (!Number.isFinite(theirs)) return
    const skew = theirs - Date.now()
    this.#skew = Math.abs(skew) > 60_000 ? skew : 0
  }
}

/** @throws {ExportError} partial if X-Ray names documents that it did not take, permanent if it does not say which */
function checkUnprocessed(batch: Batch, text: string): void {
  const list = unprocessedOf(text)
  if (list.length === 0) return
  const ids = documentsOf(batch).map(idOf)
  const failed = list.map(({ id, code, message }) => ({
    index: id === '' ? -1 : ids.indexOf(id),
    code,
    isRetryable: /throttl|unavailable|internal|timeout|exceeded/i.test(code),
    reason: `${code}: ${message}`,
  }))
  const first = failed[0]?.reason ?? ''
  const known = failed.filter(({ index }) => index >= 0)
  if (known.length < failed.length) {
    // Of the documents without an id any may be meant: they are sent alone, then halved, until one stands alone.
    const nameless = ids.flatMap((
      id,
      index,
    ) => (id === '' ? [{ index, code: 'Unknown', isRetryable: true, reason: first }] : []))
    if (nameless.length === 0 || nameless.length === batch.count) {
      throw new ExportError('permanent', `X-Ray did not take a document: ${first}`)
    }
    known.push(...nameless)
  }
  throw new ExportError('partial', `X-Ray did not take ${known.length} documents: ${first}`, { failed: known })
}

function unprocessedOf(text: string): { id: string; code: string; message: string }[] {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (cause) {
    throw new ExportError('retryable', 'X-Ray answered with something that is no JSON', { cause })
  }
  if (typeof answer !== 'object' || answer === null || !('UnprocessedTraceSegments' in answer)) return []
  const list = answer.UnprocessedTraceSegments
  if (!Array.isArray(list)) return []
  return list.map((entry: { Id?: unknown; ErrorCode?: unknown; Message?: unknown } | null) => ({
    id: String(entry?.Id ?? ''),
    code: String(entry?.ErrorCode ?? 'Unknown'),
    message: String(entry?.Message ?? ''),
  }))
}

function idOf(document: Uint8Array): string {
  try {
    const parsed: unknown = JSON.parse(documentText(document))
    return typeof parsed === 'object' && parsed !== null && 'id' in parsed ? String(parsed.id) : ''
  } catch {
    return ''
  }
}

/** The class of a request that had no answer. Runtimes name it in their own words. */
function failureOf(error: unknown): Outcome {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const text = `${code} ${errorMessage(error)} ${cause === undefined ? '' : errorMessage(cause)}`
  if (/ConnectionRefused|ECONNREFUSED|refused/i.test(text)) return 'connection-refused'
  if (/ENOTFOUND|EAI_|DNS|name or service|lookup/i.test(text)) return 'unknown-host'
  return /ETIMEDOUT|timed? ?out/i.test(text) ? 'timeout' : 'other'
}
