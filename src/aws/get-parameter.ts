import { AwsV4Signer } from 'aws4fetch'
import { CredentialSource } from './credential-source.ts'
import { findRegion } from './find-region.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads a parameter of AWS Systems Manager, decrypted
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html).
 *
 * @throws {Error} if there is no region, no credentials, or no such parameter
 */
export async function getParameter(name: string, env: Env): Promise<string> {
  const region = await findRegion(undefined, env)
  if (region === undefined) throw new Error('No AWS region is set: set AWS_REGION')
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const endpoint = env['AWS_ENDPOINT_URL_SSM'] || env['AWS_ENDPOINT_URL'] || `https://ssm.${region}.${suffix}`
  const keys = await new CredentialSource({ roleArn: undefined, externalId: undefined, region }).get()
  const signer = new AwsV4Signer({
    url: `${endpoint}/`,
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' },
    body: JSON.stringify({ Name: name, WithDecryption: true }),
    service: 'ssm',
    region,
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken }),
  })
  const { url, headers, body } = await signer.sign()
  const response = await fetch(url.href, {
    method: 'POST',
    headers,
    body: body ?? null,
    signal: AbortSignal.timeout(10_000),
  })
  const answer: { Parameter?: { Value?: string }; __type?: string; message?: string } = await response.json()
  const value = answer.Parameter?.Value
  if (!response.ok || value === undefined) {
    throw new Error(
      `Systems Manager answered ${response.status} for "${name}": ${answer.__type ?? ''} ${answer.message ?? ''}`,
    )
  }
  return value
}
