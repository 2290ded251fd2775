import type { XrayConnection } from '../../../aws/open-xray.ts'
import type { Finding } from '../../../component/finding.ts'
import { describeError } from './describe-error.ts'

/** The calls that the agent makes, with a body that X-Ray accepts and discards. */
const calls = {
  put: { action: 'xray:PutTraceSegments', path: '/TraceSegments', body: { TraceSegmentDocuments: ['{}'] } },
  sampling: { action: 'xray:GetSamplingRules', path: '/GetSamplingRules', body: {} },
}
const clockErrors = /expired|skew|SignatureDoesNotMatch|InvalidSignature|RequestTimeTooSkewed/i

/** Calls X-Ray to check the permission. @param clock what the check of the clock found, on which signatures depend */
export async function checkCall(
  name: 'put' | 'sampling',
  connection: XrayConnection,
  clock: Finding,
): Promise<Finding> {
  const { action, path, body } = calls[name]
  try {
    const response = await connection.call(path, JSON.stringify(body))
    const text = await response.text()
    if (response.ok) return { name, state: 'ok', message: `${action} is allowed` }
    if (clock.state !== 'ok' && clockErrors.test(text)) {
      const message = `${action}: the signature is rejected, as the clock is wrong`
      return { name, state: 'fail', message, advice: clock.advice ?? '' }
    }
    return {
      name,
      state: name === 'put' ? 'fail' : 'warn',
      message: `${action} was answered with ${response.status}: ${text.slice(0, 200)}`,
      advice: response.status === 403
        ? 'attach the policy AWSXRayDaemonWriteAccess to the role or user'
        : 'see the answer of X-Ray',
    }
  } catch (error) {
    return { name, state: 'fail', message: `${action} had no answer: ${describeError(error)}`, advice: 'try again' }
  }
}
