import type { XrayConnection } from '../../../aws/open-xray.ts'
import type { Finding } from '../../../component/finding.ts'
import { hideSecrets } from '../../../net/hide-secrets.ts'
import { describeError } from './describe-error.ts'

/** Sends a request to the endpoint; any answer will do. */
export async function checkReach(
  endpoint: string,
  proxy: string | undefined,
  { fetch, timeoutMs }: XrayConnection,
): Promise<Finding> {
  const through = proxy === undefined ? '' : ` through the proxy ${hideSecrets(proxy)}`
  const shown = hideSecrets(endpoint)
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(timeoutMs) })
    await response.arrayBuffer()
    return { name: 'connection', state: 'ok', message: `${shown} answers${through}` }
  } catch (error) {
    const why = describeError(error).replaceAll(endpoint, shown)
    const name = /certificate|self.signed|CERT|SSL|TLS/i.test(why)
      ? 'tls'
      : proxy === undefined
      ? 'connection'
      : 'proxy'
    return { name, state: 'fail', message: `${shown} cannot be reached${through}: ${why}`, advice: advice[name] }
  }
}

const advice = {
  tls:
    'a proxy or firewall in between presents its own certificate: set caFile of the exporter or AWS_CA_BUNDLE to its authority',
  connection: 'allow outgoing TCP 443, or set endpoint of the exporter to a VPC endpoint, or its proxy',
  proxy: 'check that the proxy runs, and NO_PROXY',
}
