import { readFile } from 'node:fs/promises'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The region to send to: that of a flag or the config, then AWS_REGION, AWS_DEFAULT_REGION, the shared config file, the
 * metadata of an ECS task, the metadata service of an EC2 instance; undefined if none of them knows.
 */
export async function findRegion(configured: string | undefined, env: Env): Promise<string | undefined> {
  return namedRegion(configured, env) ?? (await fromSharedConfig(env)) ?? (await fromEcs(env)) ??
    (await fromInstance(env))
}

/** The region that a flag, the config or a variable names; undefined if none does. */
export function namedRegion(configured: string | undefined, env: Env): string | undefined {
  return configured ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined)
}

async function fromSharedConfig(env: Env): Promise<string | undefined> {
  try {
    const { loadSharedConfigFiles } = await import('@smithy/shared-ini-file-loader')
    const { configFile, credentialsFile } = await loadSharedConfigFiles()
    const profile = env['AWS_PROFILE'] ?? 'default'
    return configFile[profile]?.['region'] ?? credentialsFile[profile]?.['region']
  } catch {
    return undefined
  }
}

/** The region is the fourth part of `arn:aws:ecs:us-west-2:123456789012:task/…`. */
async function fromEcs(env: Env): Promise<string | undefined> {
  const file = env['ECS_CONTAINER_METADATA_FILE']
  const url = env['ECS_CONTAINER_METADATA_URI_V4']
  try {
    if (file !== undefined) return arnRegion(JSON.parse(await readFile(file, 'utf8')))
    if (url === undefined) return undefined
    const answer = await fetch(`${url}/task`, { signal: AbortSignal.timeout(1000) })
    return arnRegion(await answer.json())
  } catch {
    return undefined
  }
}

function arnRegion(metadata: unknown): string | undefined {
  if (typeof metadata !== 'object' || metadata === null || !('TaskARN' in metadata)) return undefined
  return String(metadata.TaskARN).split(':')[3] || undefined
}

/** Asks the instance metadata service, version 2. */
async function fromInstance(env: Env): Promise<string | undefined> {
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined
  const service = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? 'http://169.254.169.254'
  try {
    const token = await fetch(`${service}/latest/api/token`, {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
      signal: AbortSignal.timeout(1000),
    })
    if (!token.ok) return undefined
    const answer = await fetch(`${service}/latest/meta-data/placement/region`, {
      headers: { 'x-aws-ec2-metadata-token': await token.text() },
      signal: AbortSignal.timeout(1000),
    })
    return answer.ok ? (await answer.text()).trim() || undefined : undefined
  } catch {
    return undefined
  }
}
