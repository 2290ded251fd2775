import { lookup } from 'node:dns/promises'
import type { Finding } from '../../../component/finding.ts'

/** Looks up the address of the endpoint, or of the proxy, which then looks up the endpoint's. */
export async function checkName(endpoint: string, proxy: string | undefined): Promise<Finding> {
  const { hostname } = new URL(proxy ?? endpoint)
  const host = hostname.replace(/^\[|\]$/g, '')
  try {
    const { address } = await lookup(host)
    return { name: 'dns', state: 'ok', message: `${host} is ${address}${proxy === undefined ? '' : ', the proxy'}` }
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return {
      name: 'dns',
      state: 'fail',
      message: `${host} has no address: ${why}`,
      advice: proxy === undefined
        ? 'check /etc/resolv.conf and the endpoint of the exporter, and in a VPC without internet the endpoint of X-Ray'
        : 'check the proxy of the exporter and HTTPS_PROXY',
    }
  }
}
