import type { XrayAccess, XrayConnectionSettings } from '../../../aws/open-xray.ts'
import type { Env, Finding } from '../../../component/finding.ts'

/** Reports the region, and where it is from. @param access undefined if no region was found */
export function checkRegion(access: XrayAccess | undefined, xray: XrayConnectionSettings, env: Env): Finding {
  if (access !== undefined) {
    return { name: 'region', state: 'ok', message: `${access.region}, from ${sourceOf(xray, env)}` }
  }
  return {
    name: 'region',
    state: 'fail',
    message: 'none is set, and neither the shared config nor ECS or EC2 metadata has one',
    advice: 'set region of the exporter, --region or AWS_REGION',
  }
}

function sourceOf(xray: XrayConnectionSettings, env: Env): string {
  if (xray.region !== undefined) return 'the config or a flag'
  const name = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((variable) => env[variable])
  return name ?? 'the shared config file, or ECS or EC2 metadata'
}
