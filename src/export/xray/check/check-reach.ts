import type { XrayConnection } from '../../../aws/open-xray.ts'
import type { Finding } from '../../../component/finding.ts'
import { describeError } from './describe-error.ts'

/** Sends a request to the endpoint; any answer will do. */
export async function checkReach(
  endpoint: string,
  proxy: string | undefined,
  { fetch, timeoutMs }: XrayConnection,
): Promise<Finding> {
  const way = proxy === undefined ? '' : ` through the proxy ${proxy.replace(/\/\/[^@/]*@/, '//')}`
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(timeoutMs) })
    await response.arrayBuffer()
    return { name: 'connection', state: 'ok', message: `${endpoint} answers${way}` }
  } catch (error) {
    const why = describeError(error)
    const name = /certificate|self.signed|CERT|SSL|TLS/i.test(why)
      ? 'tls'
      : proxy === undefined
      ? 'connection'
      : 'proxy'
    return { name, state: 'fail', message: `${endpoint} cannot be reached${way}: ${why}`, advice: advice[name] }
  }
}

const advice = {
  tls:
    'something between here and AWS shows its own certificate: set export.xray.caFile or AWS_CA_BUNDLE to its authority',
  connection: 'let TCP 443 out, or set export.xray.endpoint to a VPC endpoint, or export.xray.proxy',
  proxy: 'look whether the proxy runs, and at NO_PROXY',
}
