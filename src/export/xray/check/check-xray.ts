import { openXray, type XrayConnection, type XrayConnectionSettings } from '../../../aws/open-xray.ts'
import { ExportError } from '../../../component/export-error.ts'
import type { Env, Finding } from '../../../component/finding.ts'
import { errorMessage } from '../../../errors/error-message.ts'
import { proxyFor } from '../../../platform/create-fetch.ts'
import { checkCall } from './check-call.ts'
import { checkClock } from './check-clock.ts'
import { checkCredentials } from './check-credentials.ts'
import { checkIdentity } from './check-identity.ts'
import { checkName } from './check-name.ts'
import { checkReach } from './check-reach.ts'
import { checkRegion } from './check-region.ts'
import { credentialChain } from './credential-chain.ts'

/** Checks the way to AWS X-Ray, step by step; what depends on a step that failed is not tried. */
export async function checkXray(xray: XrayConnectionSettings, env: Env): Promise<Finding[]> {
  const findings: Finding[] = []
  const passes = (finding: Finding): boolean => {
    findings.push(finding)
    return finding.state !== 'fail'
  }
  const connection = tryOpen(xray, env)
  if ('state' in connection) return [connection]
  const access = await connection.access().catch((error: unknown) => {
    if (error instanceof ExportError) return undefined
    throw error
  })
  findings.push(checkRegion(access, xray, env))
  if (access === undefined) return findings
  const { endpoint, credentials } = access
  const proxy = proxyFor(new URL(endpoint), xray.proxy, env)
  if (!passes(await checkName(endpoint, proxy))) return findings
  if (!passes(await checkReach(endpoint, proxy, connection))) return findings
  const clock = await checkClock(endpoint, connection)
  findings.push(clock, ...credentialChain(env))
  if (!passes(await checkCredentials(credentials, xray.roleArn))) return findings
  findings.push(await checkIdentity(access, connection, env))
  findings.push(await checkCall('put', connection, clock))
  findings.push(await checkCall('sampling', connection, clock))
  return findings
}

function tryOpen(xray: XrayConnectionSettings, env: Env): XrayConnection | Finding {
  try {
    return openXray(xray, env)
  } catch (error) {
    return {
      name: 'tls',
      state: 'fail',
      message: errorMessage(error),
      advice: 'check caFile of the exporter and AWS_CA_BUNDLE',
    }
  }
}
