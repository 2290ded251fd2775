import type { XrayConnection } from '../../../aws/open-xray.ts'
import type { Finding } from '../../../component/finding.ts'

/** A larger difference of the clocks makes AWS reject signatures, in seconds. */
const MAX_SKEW_S = 300
/** A smaller difference is not worth a warning, in seconds. */
const WARN_SKEW_S = 60

/** Compares the clock of this machine with the Date header of AWS. */
export async function checkClock(endpoint: string, { fetch, timeoutMs }: XrayConnection): Promise<Finding> {
  const response = await fetch(endpoint, { signal: AbortSignal.timeout(timeoutMs) }).catch(() => undefined)
  const date = Date.parse(response?.headers.get('date') ?? '')
  if (Number.isNaN(date)) return { name: 'clock', state: 'skip', message: 'the endpoint sends no date' }
  const skew = Math.round((Date.now() - date) / 1000)
  const size = Math.abs(skew)
  if (size < WARN_SKEW_S) return { name: 'clock', state: 'ok', message: `as AWS's, to ${size} s` }
  return {
    name: 'clock',
    state: size > MAX_SKEW_S ? 'fail' : 'warn',
    message: `this machine is ${size} s ${skew > 0 ? 'ahead of' : 'behind'} AWS`,
    advice: 'set it by NTP, such as chrony with 169.254.169.123 on EC2',
  }
}
