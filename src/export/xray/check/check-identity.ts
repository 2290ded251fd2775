import { dnsSuffix } from '../../../aws/dns-suffix.ts'
import type { XrayAccess, XrayConnection } from '../../../aws/open-xray.ts'
import { signedFetch } from '../../../aws/signed-fetch.ts'
import type { Env, Finding } from '../../../component/finding.ts'
import { describeError } from './describe-error.ts'

/** Asks STS which identity the credentials have (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html). */
export async function checkIdentity(
  { region, credentials }: XrayAccess,
  connection: XrayConnection,
  env: Env,
): Promise<Finding> {
  const url = env['AWS_ENDPOINT_URL_STS'] || `https://sts.${region}.${await dnsSuffix(region)}/`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = 'Action=GetCallerIdentity&Version=2011-06-15'
  try {
    const response = await signedFetch({ url, service: 'sts', region, headers, body }, credentials, connection)
    const text = await response.text()
    const [, arn] = /<Arn>([^<]*)<\/Arn>/.exec(text) ?? []
    if (response.ok && arn !== undefined) return { name: 'identity', state: 'ok', message: arn }
    const [, code] = /<Code>([^<]*)<\/Code>/.exec(text) ?? []
    return {
      name: 'identity',
      state: 'fail',
      message: `STS answered ${response.status} ${code ?? ''}`,
      advice: 'the keys are wrong, expired or inactive: create new ones, or check the role',
    }
  } catch (error) {
    return {
      name: 'identity',
      state: 'warn',
      message: `STS cannot be reached: ${describeError(error)}`,
      advice: 'nothing, if X-Ray can be reached: in a VPC without internet, STS needs its own endpoint',
    }
  }
}
