import { awsFetch } from './aws-fetch.ts'
import { CredentialSource } from './credential-source.ts'
import { dnsSuffix } from './dns-suffix.ts'
import { findRegion } from './find-region.ts'
import { signedFetch } from './signed-fetch.ts'

type Env = Readonly<Record<string, string | undefined>>

const TIMEOUT_MS = 10_000

/**
 * Reads a parameter of AWS Systems Manager, decrypted
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html).
 *
 * @throws {Error} if there is no region, no credentials, or no such parameter
 */
export async function getParameter(name: string, env: Env): Promise<string> {
  const region = await findRegion(undefined, env)
  if (region === undefined) throw new Error('No AWS region is set: set AWS_REGION')
  const endpoint = env['AWS_ENDPOINT_URL_SSM'] || env['AWS_ENDPOINT_URL'] ||
    `https://ssm.${region}.${await dnsSuffix(region)}`
  const options = { fetch: awsFetch({}, env), timeoutMs: TIMEOUT_MS }
  const response = await signedFetch(
    {
      url: `${endpoint}/`,
      service: 'ssm',
      region,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' },
      body: JSON.stringify({ Name: name, WithDecryption: true }),
    },
    new CredentialSource({ region, ...options }),
    options,
  )
  const answer: { Parameter?: { Value?: string }; __type?: string; message?: string } = await response.json()
  const value = answer.Parameter?.Value
  if (!response.ok || value === undefined) {
    throw new Error(
      `Systems Manager answered ${response.status} for "${name}": ${answer.__type ?? ''} ${answer.message ?? ''}`,
    )
  }
  return value
}
