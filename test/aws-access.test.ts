import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { AgentProcess, commandOf, type Runtime } from './support/agent-process.ts'
import { hasOpenssl, makeCertificates } from './support/certificates.ts'
import { FakeSts } from './support/fake-sts.ts'
import { FakeXray } from './support/fake-xray.ts'
import { HttpProxy } from './support/http-proxy.ts'
import { hex } from './support/otlp.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-aws-'))
after(() => rmSync(folder, { recursive: true }))
const skip = hasOpenssl ? false : 'openssl is not installed, which makes the certificates of this test'
const file = (name: string): string => join(folder, name)
const tls = () => ({ key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') })

if (hasOpenssl) makeCertificates(folder)

/** Runs a command next to an agent, with the agent's config. @returns its exit code and output */
async function runCommand(agent: AgentProcess, runtime: Runtime, env: Record<string, string>, ...line: string[]) {
  const [program, ...first] = commandOf(runtime)
  return await new Promise<{ code: number; text: string }>((resolve) => {
    const all = {
      PATH: process.env['PATH'],
      HOME: agent.folder,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      RONTGEN_ADMIN_PORT: String(agent.port('admin')),
      ...env,
    }
    execFile(
      program,
      [...first, ...line],
      { cwd: agent.folder, env: all },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }),
    )
  })
}

/** Sends a trace by `verify`, and reads it back by `trace --aws` and `traces --aws`. */
async function verifyAndRead(aws: FakeXray, xray: string, env: Record<string, string>, runtime: Runtime = 'binary') {
  const config =
    `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}'${xray} } }, queue: { batchWait: '10ms' } }`
  const agent = await AgentProcess.start({ runtime, env, config })
  try {
    const verified = await runCommand(agent, runtime, env, 'verify', '--timeout', '10')
    assert.equal(verified.code, 0, verified.text)
    assert.match(verified.text, /It is in AWS X-Ray/)
    const [id = ''] = /1-[0-9a-f]{8}-[0-9a-f]{24}/.exec(verified.text) ?? []
    const shown = await runCommand(agent, runtime, env, 'trace', '--aws', id)
    assert.match(shown.text, new RegExp(`^${id} .*\\n\\nrontgen-verify`))
    const listed = await runCommand(agent, runtime, env, 'traces', '--aws')
    assert.match(listed.text, new RegExp(id))
    assert.deepEqual(aws.issues, [])
  } finally {
    await agent.kill()
  }
}

for (
  const [setting, xray, env] of [
    ['export.xray.caFile', () => `, caFile: '${file('ca.pem')}'`, {}],
    ['AWS_CA_BUNDLE', () => '', { AWS_CA_BUNDLE: file('ca.pem') }],
    ['export.xray.insecure', () => ', insecure: true', {}],
  ] as const
) {
  test(`verify, trace --aws and traces --aws go by ${setting}, as the agent does`, { skip }, async () => {
    const aws = await new FakeXray(tls()).start()
    await verifyAndRead(aws, xray(), env)
    if (setting === 'export.xray.caFile') await verifyAndRead(aws, xray(), env, 'deno')
    await aws.stop()
  })
}

test(
  'verify, trace --aws and traces --aws go through export.xray.proxy to TLS with export.xray.caFile',
  { skip },
  async () => {
    const aws = await new FakeXray(tls()).start()
    const proxy = await new HttpProxy().start()
    await verifyAndRead(aws, `, proxy: '${proxy.url}', caFile: '${file('ca.pem')}'`, {})
    // The agent, verify, trace and traces, each with a connection of its own at least.
    assert.ok(proxy.targets.length >= 4, proxy.targets.join())
    proxy.stop()
    await aws.stop()
  },
)

test('the agent, verify, trace --aws and traces --aws assume the role through the proxy and by the CA of X-Ray', {
  skip,
}, async () => {
  const aws = await new FakeXray(tls()).start()
  aws.secret = 'role-secret'
  const sts = await new FakeSts(tls()).start()
  const proxy = await new HttpProxy().start()
  const role = ", roleArn: 'arn:aws:iam::123456789012:role/traces', externalId: 'from-outside'"
  const xray = `${role}, proxy: '${proxy.url}', caFile: '${file('ca.pem')}'`
  for (const runtime of ['binary', 'deno'] as const) {
    await verifyAndRead(aws, xray, { AWS_ENDPOINT_URL_STS: sts.url }, runtime)
  }
  assert.equal(sts.requests.length, 8)
  for (const request of sts.requests) assert.equal(new URLSearchParams(request).get('ExternalId'), 'from-outside')
  assert.ok(proxy.targets.filter((target) => sts.url.endsWith(target)).length >= 8)
  proxy.stop()
  sts.stop()
  await aws.stop()
})

test('a web identity is exchanged through the proxy and by the CA of X-Ray', { skip }, async () => {
  const aws = await new FakeXray(tls()).start()
  aws.secret = 'role-secret'
  const sts = await new FakeSts(tls()).start()
  const proxy = await new HttpProxy().start()
  writeFileSync(file('token'), 'a-web-identity')
  await verifyAndRead(aws, `, proxy: '${proxy.url}', caFile: '${file('ca.pem')}'`, {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_REGION: 'us-west-2',
    AWS_WEB_IDENTITY_TOKEN_FILE: file('token'),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/traces',
    AWS_ENDPOINT_URL_STS: sts.url,
  })
  assert.equal(new URLSearchParams(sts.requests[0]).get('WebIdentityToken'), 'a-web-identity')
  assert.ok(proxy.targets.some((target) => sts.url.endsWith(target)))
  proxy.stop()
  sts.stop()
  await aws.stop()
})

test('the keys of an SSO session are fetched by the CA of X-Ray', { skip }, async () => {
  const aws = await new FakeXray(tls()).start()
  aws.secret = 'sso-secret'
  const tokens: unknown[] = []
  const sso = createTlsServer(tls(), ({ headers, url }, response) => {
    tokens.push([headers['x-amz-sso_bearer_token'], url])
    const keys = { accessKeyId: 'ASIASSO', secretAccessKey: 'sso-secret', sessionToken: 't' }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ roleCredentials: { ...keys, expiration: Date.now() + 3_600_000 } }))
  })
  await new Promise<void>((resolve) => sso.listen(0, '127.0.0.1', () => resolve()))
  const start = 'https://sso.example/start'
  const cache = join(folder, 'home/.aws/sso/cache')
  mkdirSync(cache, { recursive: true })
  writeFileSync(
    join(cache, `${createHash('sha1').update(start).digest('hex')}.json`),
    JSON.stringify({ accessToken: 'token', expiresAt: '2099-01-01T00:00:00Z' }),
  )
  writeFileSync(
    join(folder, 'home/.aws/config'),
    `[default]\nsso_start_url = ${start}\nsso_region = us-west-2\nsso_account_id = 1\nsso_role_name = traces\n`,
  )
  const env = {
    HOME: join(folder, 'home'),
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_ENDPOINT_URL_SSO: `https://127.0.0.1:${(sso.address() as AddressInfo).port}`, // it listens
  }
  for (const runtime of ['binary', 'deno'] as const) {
    await verifyAndRead(aws, `, caFile: '${file('ca.pem')}'`, env, runtime)
  }
  assert.deepEqual(tokens[0], ['token', '/federation/credentials?account_id=1&role_name=traces'])
  sso.closeAllConnections()
  sso.close()
  await aws.stop()
})

test('export.xray.localMode keeps verify, trace --aws and traces --aws from the EC2 metadata service', async () => {
  const aws = await new FakeXray().start()
  let asked = 0
  const metadata = createServer((_, response) => {
    asked++
    response.end('us-west-2')
  })
  await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', () => resolve()))
  const { port } = metadata.address() as AddressInfo // it listens
  const env = { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}` }
  for (const localMode of [true, false]) {
    const config =
      `{ export: { xray: { endpoint: '${aws.url}', localMode: ${localMode} } }, queue: { batchWait: '10ms' } }`
    const agent = await AgentProcess.start({ config, env })
    for (
      const line of [['verify', '--timeout', '5'], ['traces', '--aws'], ['trace', '--aws', `1-${hex(4)}-${hex(12)}`]]
    ) {
      asked = 0
      const { text } = await runCommand(agent, 'binary', env, ...line)
      if (localMode) assert.match(text, /No AWS region is set/, line.join(' '))
      else assert.doesNotMatch(text, /No AWS region is set/)
      assert.equal(asked > 0, !localMode, line.join(' '))
    }
    await agent.kill()
  }
  metadata.closeAllConnections()
  metadata.close()
  await aws.stop()
})

test('export.xray.caFile is trusted besides the certificates of the system', { skip }, async () => {
  const other = join(folder, 'other')
  mkdirSync(other)
  makeCertificates(other)
  const aws = await new FakeXray(tls()).start()
  const env = { SSL_CERT_FILE: file('ca.pem'), DENO_TLS_CA_STORE: 'system' }
  for (const runtime of ['binary', 'deno'] as const) {
    await verifyAndRead(aws, `, caFile: '${join(other, 'ca.pem')}'`, env, runtime)
  }
  await aws.stop()
})

test('ctl reads ssm: by AWS_CA_BUNDLE', { skip }, async () => {
  const config = JSON.stringify({ traces: { traces_collected: { xray: {}, otlp: {} } } })
  const ssm = createTlsServer(tls(), (_, response) => response.end(JSON.stringify({ Parameter: { Value: config } })))
  await new Promise<void>((resolve) => ssm.listen(0, '127.0.0.1', () => resolve()))
  const env = {
    AWS_REGION: 'us-west-2',
    AWS_CA_BUNDLE: file('ca.pem'),
    AWS_ENDPOINT_URL_SSM: `https://127.0.0.1:${(ssm.address() as AddressInfo).port}`, // it listens
    RONTGEN_CONFIG_DIR: join(folder, 'ctl'),
  }
  const agent = await AgentProcess.start()
  const { code, text } = await runCommand(agent, 'binary', env, 'ctl', '-a', 'fetch-config', '-c', 'ssm:traces')
  await agent.stop()
  ssm.closeAllConnections()
  ssm.close()
  assert.equal(code, 0, text)
})
