import type { RequestOutcome } from '../../telemetry/counters.ts'
import { ExportError, type ExportErrorOptions } from '../../component/export-error.ts'
import { quote } from './quote.ts'

/** The pause after an error that persists until a person acts, in milliseconds. */
const URGENT_PAUSE_MS = 30_000

/** What is said of an answer that has nothing that every answer of X-Ray has. */
const NOT_XRAY = 'this does not look like X-Ray, as it has no x-amzn-requestid; is the endpoint of the exporter right?'
/** So much of an answer that is not JSON is quoted, in characters. */
const MAX_QUOTED = 200

const credentialCodes = [
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidToken',
  'RequestExpired',
  'TokenRefreshRequired',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
]

/** True for errors that other credentials may resolve. @param code AWS's code */
export function isCredentialError(code: string): boolean {
  return credentialCodes.some((known) => code.startsWith(known))
}

/**
 * Classifies an answer of AWS that is not 200.
 *
 * @param text the body
 * @returns the error for the queue, and AWS's code; empty if there is none
 */
export function classifyAnswer(status: number, headers: Headers, text: string): { error: ExportError; code: string } {
  const { code, message } = describe(headers, text)
  const isXray = code !== '' || headers.has('x-amzn-requestid')
  const what = `X-Ray answered ${status}${code === '' ? '' : ` ${code}`}${message === '' ? '' : `: ${message}`}`
  const backendTime = timeOf(headers.get('date'))
  const retryAfterMs = retryAfterOf(headers.get('retry-after'))
  const retry = (hint: string, options: ExportErrorOptions = {}): ExportError =>
    new ExportError('retryable', hint === '' ? what : `${what} (${hint})`, {
      ...options,
      backendTime,
      retryAfterMs: retryAfterMs ?? options.retryAfterMs,
    })
  const urgent = { isUrgent: true, retryAfterMs: URGENT_PAUSE_MS }
  if (isCredentialError(code)) return { error: retry('the credentials are renewed'), code }
  if (/Skewed/.test(code)) return { error: retry('the clock of this machine is off'), code }
  if (isThrottle(status, code)) return { error: retry('', { isThrottle: true }), code }
  if (status >= 500 || status === 408) return { error: retry(''), code }
  if (status === 400 || status === 413) {
    return { error: new ExportError('permanent', isXray ? what : `${what} (${NOT_XRAY})`, { backendTime }), code }
  }
  if (!isXray) return { error: retry(NOT_XRAY, urgent), code }
  if (status === 401 || status === 403) {
    return {
      error: retry('is the action xray:PutTraceSegments allowed? AWSXRayDaemonWriteAccess has it', urgent),
      code,
    }
  }
  // A wrong endpoint must not cost any document.
  return { error: retry('is the endpoint of the exporter right?', urgent), code }
}

/** The outcome of a request by its answer, for the counts. @param code AWS's code; empty if there is none */
export function outcomeOf(status: number, code: string): RequestOutcome {
  if (status === 200) return 'ok'
  if (isThrottle(status, code)) return 'throttled'
  if (status >= 500) return '5xx'
  return status >= 400 ? '4xx' : 'other'
}

function isThrottle(status: number, code: string): boolean {
  return status === 429 || /Throttl|TooManyRequests|SlowDown|LimitExceeded/i.test(code)
}

function describe(headers: Headers, text: string): { code: string; message: string } {
  let code = headers.get('x-amzn-errortype') ?? ''
  let message = ''
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) {
      const fields = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), String(value)]))
      code ||= fields.get('__type') ?? fields.get('code') ?? ''
      message = fields.get('message') ?? ''
    }
  } catch {
    message = quote(text, MAX_QUOTED)
  }
  return { code: code.split(':')[0]?.split('#').pop() ?? '', message }
}

function timeOf(date: string | null): number | undefined {
  const time = Date.parse(date ?? '')
  return Number.isFinite(time) ? time : undefined
}

/** Milliseconds to wait, at most five minutes. @param value Retry-After: seconds, or a date */
function retryAfterOf(value: string | null): number | undefined {
  if (value === null || value === '') return undefined
  const seconds = Number(value)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(wait) ? Math.min(Math.max(0, wait), 300_000) : undefined
}
