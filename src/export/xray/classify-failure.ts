import { errorMessage } from '../../errors/error-message.ts'
import type { RequestOutcome } from '../../telemetry/counters.ts'

/**
 * The outcome of a request that had no answer, for the counts. The runtimes word the cause differently.
 *
 * @param error as `fetch` threw it
 */
export function classifyFailure(error: unknown): RequestOutcome {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const text = `${code} ${errorMessage(error)} ${cause === undefined ? '' : errorMessage(cause)}`
  if (/ConnectionRefused|ECONNREFUSED|refused/i.test(text)) return 'connection-refused'
  if (/ENOTFOUND|EAI_|DNS|name or service|lookup/i.test(text)) return 'unknown-host'
  return /ETIMEDOUT|timed? ?out/i.test(text) ? 'timeout' : 'other'
}
