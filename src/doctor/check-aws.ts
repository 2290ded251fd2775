import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AwsV4Signer } from 'aws4fetch'
import { type CallOptions, callXray, type XrayPlace } from '../aws/call-xray.ts'
import { CredentialSource } from '../aws/credential-source.ts'
import { findRegion } from '../aws/find-region.ts'
import { xrayEndpoint } from '../aws/xray-endpoint.ts'
import type { Settings } from '../config/schema.ts'
import { createFetch, proxyFor } from '../platform/create-fetch.ts'
import type { Finding } from './finding.ts'

type Env = Readonly<Record<string, string | undefined>>
type Xray = Exclude<Settings['export']['xray'], false>

/** Clocks may differ by five minutes before AWS refuses signatures; a fifth of that is worth a word, in seconds. */
const MOST_SKEW = 300
const WORTH_A_WORD = 60
const TIMEOUT_MS = 10_000
const WRITE_ACCESS = 'attach the policy AWSXRayDaemonWriteAccess to the role or user'

/** Looks at the way to AWS X-Ray, step by step; what depends on a step that failed is not tried. */
export async function checkAws(xray: Xray, env: Env, userAgent: string): Promise<Finding[]> {
  const findings: Finding[] = []
  const found = (finding: Finding): boolean => {
    findings.push(finding)
    return finding.state !== 'fail'
  }
  const metadata = xray.localMode ? { ...env, AWS_EC2_METADATA_DISABLED: 'true' } : env
  const region = await findRegion(xray.region, metadata)
  if (region === undefined) {
    found({
      name: 'region',
      state: 'fail',
      says: 'none is set, and neither the shared config nor ECS or EC2 metadata tell one',
      advice: 'set export.xray.region, --region or AWS_REGION',
    })
    return findings
  }
  found({ name: 'region', state: 'ok', says: `${region}, from ${regionSource(xray, env)}` })
  const endpoint = xrayEndpoint(region, { ...xray, endpoint: xray.endpoint }, { ...env })
  const proxy = proxyFor(new URL(endpoint), xray.proxy, { ...env })
  if (!found(await checkName(endpoint, proxy))) return findings
  const caFile = xray.caFile ?? env['AWS_CA_BUNDLE']
  const fetch = createFetch(
    { proxy: xray.proxy, ca: caFile ? readFileSync(caFile, 'utf8') : undefined, insecure: xray.insecure },
    { ...env },
  )
  if (!found(await checkReach(endpoint, proxy, fetch))) return findings
  const clock = await checkClock(endpoint, fetch)
  found(clock)
  for (const step of chainOf(env)) found(step)
  const credentials = new CredentialSource({ roleArn: xray.roleArn, externalId: xray.externalId, region })
  const keys = await credentials.get().catch((error: unknown) => error)
  if (keys instanceof Error || typeof keys !== 'object' || keys === null || !('accessKeyId' in keys)) {
    found({
      name: 'credentials',
      state: 'fail',
      says: `none were found: ${keys instanceof Error ? keys.message.split('\n')[0] : ''}`,
      advice:
        'on EC2 give the instance a role, on ECS the task; elsewhere set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
    })
    return findings
  }
  found({
    name: 'credentials',
    state: 'ok',
    says: `key ${String(keys.accessKeyId)}${xray.roleArn === undefined ? '' : `, of ${xray.roleArn}`}`,
  })
  found(await checkIdentity(region, credentials, env, fetch))
  const place: XrayPlace = { endpoint, region, credentials }
  const options: CallOptions = { fetch, userAgent, timeoutMs: TIMEOUT_MS }
  found(await checkCall('put', place, '/TraceSegments', { TraceSegmentDocuments: ['{}'] }, options, clock))
  found(await checkCall('sampling', place, '/GetSamplingRules', {}, options, clock))
  return findings
}

function regionSource(xray: Xray, env: Env): string {
  if (xray.region !== undefined) return 'the config or a flag'
  const name = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((variable) => env[variable])
  return name ?? 'the shared config file, or ECS or EC2 metadata'
}

async function checkName(endpoint: string, proxy: string | undefined): Promise<Finding> {
  // With a proxy it is the proxy that looks up names.
  const { hostname } = new URL(proxy ?? endpoint)
  const host = hostname.replace(/^\[|\]$/g, '')
  try {
    const { address } = await lookup(host)
    return { name: 'dns', state: 'ok', says: `${host} is ${address}${proxy === undefined ? '' : ', the proxy'}` }
  } catch (error) {
    return {
      name: 'dns',
      state: 'fail',
      says: `${host} has no address: ${codeOf(error)}`,
      advice: proxy === undefined
        ? 'look at /etc/resolv.conf, at export.xray.endpoint, and in a VPC without internet at the endpoint of X-Ray'
        : 'look at export.xray.proxy and HTTPS_PROXY',
    }
  }
}

async function checkReach(endpoint: string, proxy: string | undefined, fetch: CallOptions['fetch']): Promise<Finding> {
  const way = proxy === undefined ? '' : ` through the proxy ${proxy.replace(/\/\/[^@/]*@/, '//')}`
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    await response.arrayBuffer()
    return { name: 'connection', state: 'ok', says: `${endpoint} answers${way}` }
  } catch (error) {
    const text = describe(error)
    const isTls = /certificate|self.signed|CERT|SSL|TLS/i.test(text)
    return {
      name: isTls ? 'tls' : proxy === undefined ? 'connection' : 'proxy',
      state: 'fail',
      says: `${endpoint} cannot be reached${way}: ${text}`,
      advice: isTls
        ? 'something between here and AWS shows its own certificate: set export.xray.caFile or AWS_CA_BUNDLE to its authority'
        : proxy === undefined
        ? 'let TCP 443 out, or set export.xray.endpoint to a VPC endpoint, or export.xray.proxy'
        : 'look whether the proxy runs, and at NO_PROXY',
    }
  }
}

async function checkClock(endpoint: string, fetch: CallOptions['fetch']): Promise<Finding> {
  const response = await fetch(endpoint, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined)
  const date = Date.parse(response?.headers.get('date') ?? '')
  if (Number.isNaN(date)) return { name: 'clock', state: 'skip', says: 'the endpoint does not tell the time' }
  const skew = Math.round((Date.now() - date) / 1000)
  const says = `this machine is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} AWS`
  if (Math.abs(skew) < WORTH_A_WORD) return { name: 'clock', state: 'ok', says: `as AWS's, to ${Math.abs(skew)} s` }
  const advice = 'set it by NTP, such as chrony with 169.254.169.123 on EC2'
  return { name: 'clock', state: Math.abs(skew) > MOST_SKEW ? 'fail' : 'warn', says, advice }
}

/** What of the credential chain is set, in its order; the first that gives keys is taken. */
function chainOf(env: Env): Finding[] {
  const home = homedir()
  const file = (variable: string, path: string): string => env[variable] ?? join(home, '.aws', path)
  const steps: readonly (readonly [string, boolean, string])[] = [
    [
      'environment',
      Boolean(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) && !env['AWS_PROFILE'],
      'AWS_ACCESS_KEY_ID',
    ],
    [
      'shared files',
      existsSync(file('AWS_SHARED_CREDENTIALS_FILE', 'credentials')) || existsSync(file('AWS_CONFIG_FILE', 'config')),
      `${file('AWS_SHARED_CREDENTIALS_FILE', 'credentials')}, profile ${
        env['AWS_PROFILE'] ?? 'default'
      }; with SSO and processes`,
    ],
    ['web identity', Boolean(env['AWS_WEB_IDENTITY_TOKEN_FILE']), 'AWS_WEB_IDENTITY_TOKEN_FILE'],
    [
      'container',
      Boolean(env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI']),
      'AWS_CONTAINER_CREDENTIALS_…_URI',
    ],
    ['instance role', env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() !== 'true', 'the EC2 metadata service'],
  ]
  return steps.map(([name, isSet, what]) => ({
    name: `chain: ${name}`,
    state: isSet ? 'ok' : 'skip',
    says: isSet ? `${what} is asked` : `${what} is not set, and not asked`,
  }))
}

/** Asks STS who we are (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html). */
async function checkIdentity(
  region: string,
  credentials: CredentialSource,
  env: Env,
  fetch: CallOptions['fetch'],
): Promise<Finding> {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const url = env['AWS_ENDPOINT_URL_STS'] || `https://sts.${region}.${suffix}/`
  const keys = await credentials.get()
  const signer = new AwsV4Signer({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    service: 'sts',
    region,
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken }),
  })
  const signed = await signer.sign()
  try {
    const response = await fetch(signed.url.href, {
      method: 'POST',
      headers: signed.headers,
      body: signed.body ?? null,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await response.text()
    const [, arn] = /<Arn>([^<]*)<\/Arn>/.exec(text) ?? []
    if (response.ok && arn !== undefined) return { name: 'identity', state: 'ok', says: arn }
    const [, code] = /<Code>([^<]*)<\/Code>/.exec(text) ?? []
    return {
      name: 'identity',
      state: 'fail',
      says: `STS answered ${response.status} ${code ?? ''}`,
      advice: 'the keys are wrong, expired or switched off: make new ones, or look at the role',
    }
  } catch (error) {
    return {
      name: 'identity',
      state: 'warn',
      says: `STS cannot be reached: ${describe(error)}`,
      advice: 'nothing, if X-Ray can: in a VPC without internet STS has an endpoint of its own',
    }
  }
}

/** Calls X-Ray with what it takes and then throws away, to see whether it may be called. */
async function checkCall(
  name: string,
  place: XrayPlace,
  path: string,
  body: object,
  options: CallOptions,
  clock: Finding,
): Promise<Finding> {
  const call = path === '/TraceSegments' ? 'xray:PutTraceSegments' : 'xray:GetSamplingRules'
  try {
    const response = await callXray(
      place,
      path,
      new Uint8Array(new TextEncoder().encode(JSON.stringify(body))),
      options,
    )
    const text = await response.text()
    if (response.ok) return { name, state: 'ok', says: `${call} is allowed` }
    if (
      /expired|skew|SignatureDoesNotMatch|InvalidSignature|RequestTimeTooSkewed/i.test(text) && clock.state !== 'ok'
    ) {
      return {
        name,
        state: 'fail',
        says: `${call}: the signature is refused, as the clock is wrong`,
        advice: clock.advice ?? '',
      }
    }
    const isDenied = response.status === 403
    return {
      name,
      state: name === 'put' ? 'fail' : 'warn',
      says: `${call} was answered with ${response.status}: ${text.slice(0, 200)}`,
      advice: isDenied ? WRITE_ACCESS : 'look at what X-Ray says',
    }
  } catch (error) {
    return { name, state: 'fail', says: `${call} had no answer: ${describe(error)}`, advice: 'try again' }
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? `${String(error.code)} ` : ''
  return `${code}${error.message}`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
