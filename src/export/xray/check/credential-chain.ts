import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Env, Finding } from '../../../component/finding.ts'

/** Which providers of the credential chain are set up, in its order; the first that has credentials is used. */
export function credentialChain(env: Env): Finding[] {
  const file = (variable: string, name: string): string => env[variable] ?? join(homedir(), '.aws', name)
  const credentials = file('AWS_SHARED_CREDENTIALS_FILE', 'credentials')
  const config = file('AWS_CONFIG_FILE', 'config')
  const providers: readonly (readonly [name: string, isSet: boolean, what: string])[] = [
    [
      'environment',
      Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) && !env['AWS_PROFILE'],
      'AWS_ACCESS_KEY_ID',
    ],
    [
      'shared files',
      existsSync(credentials) || existsSync(config),
      `${credentials}, profile ${env['AWS_PROFILE'] ?? 'default'}; with SSO and processes`,
    ],
    ['web identity', Boolean(env['AWS_WEB_IDENTITY_TOKEN_FILE']), 'AWS_WEB_IDENTITY_TOKEN_FILE'],
    [
      'container',
      Boolean(env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI']),
      'AWS_CONTAINER_CREDENTIALS_…_URI',
    ],
    ['instance role', env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() !== 'true', 'the EC2 metadata service'],
  ]
  return providers.map(([name, isSet, what]) => ({
    name: `chain: ${name}`,
    state: isSet ? 'ok' : 'skip',
    message: isSet ? `${what} is asked` : `${what} is not set, and not asked`,
  }))
}
