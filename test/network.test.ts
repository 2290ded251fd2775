import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../scripts/tools.mjs'
import { AgentProcess, commandOf, type Runtime } from './support/agent-process.ts'
import { hasOpenssl, makeCertificates } from './support/certificates.ts'
import { runClient } from './support/client-tools.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { FakeSts } from './support/fake-sts.ts'
import { HttpProxy } from './support/http-proxy.ts'
import { hex, jsonRequest, protobufRequest } from './support/otlp.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-network-'))
after(() => rmSync(folder, { recursive: true }))
const skip = hasOpenssl ? false : 'openssl is not installed, which makes the certificates of this test'
const file = (name: string): string => join(folder, name)

if (hasOpenssl) makeCertificates(folder)

const tls = () => ({ key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') })

const post = (agent: AgentProcess, spanId: string): Promise<Response> =>
  fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: jsonRequest([{ spanId }]),
  })

test('OTLP is served by TLS, to clients with a certificate', { skip }, async () => {
  const tls = `tls: { cert: '${file('cert.pem')}', key: '${file('key.pem')}', clientCa: '${file('ca.pem')}' }`
  const agent = await AgentProcess.start({
    config: `{ receive: { otlp: { grpc: { ${tls} }, http: { ${tls} } } }, queue: { batchWait: '10ms' } }`,
    args: ['--documents'],
  })
  const [ca, key, cert] = ['ca.pem', 'key.pem', 'cert.pem'].map((name) => readFileSync(file(name)))
  const send = (own: object): Promise<number> =>
    new Promise((resolve, reject) => {
      const call = httpsRequest(`https://${agent.address('otlp.http')}/v1/traces`, {
        method: 'POST',
        ca,
        headers: { 'content-type': 'application/json' },
        ...own,
      })
      call.on('response', (response) => resolve(response.resume().statusCode ?? 0))
      call.on('error', reject)
      call.end(jsonRequest([{}]))
    })
  assert.equal(await send({ key, cert }), 200)
  await assert.rejects(send({}))
  const call = (own: 'with' | 'without'): Promise<Record<string, unknown>> =>
    runClient('node', [
      join(root, 'test/clients/grpc-tls.mjs'),
      agent.address('otlp.grpc').replace('127.0.0.1', 'localhost'),
      folder,
      own,
    ])
  assert.deepEqual(await call('with'), { code: 0 })
  assert.deepEqual(await call('without'), { code: 14 })
  await agent.stop()
})

test('an old gRPC connection is closed gently, and no call fails', async () => {
  const agent = await AgentProcess.start({ config: "{ receive: { otlp: { grpc: { maxConnectionAge: '200ms' } } } }" })
  const client = new GrpcClient(agent.address('otlp.grpc'))
  const end = Date.now() + 1500
  let calls = 0
  while (Date.now() < end) {
    const { code, message } = await client.call(protobufRequest(jsonRequest([{}])))
    assert.equal(code, 0, message)
    calls++
  }
  assert.ok(calls > 20)
  client.close()
  await agent.stop()
})

test('X-Ray is reached through a proxy, unless NO_PROXY names it', async () => {
  const aws = await new FakeXray().start()
  const proxy = await new HttpProxy().start()
  const { url } = proxy
  const config = (more: string): string =>
    `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}'${more} } }, queue: { batchWait: '10ms' } }`
  for (
    const [options, isProxied] of [
      [{ config: config(`, proxy: '${url}'`) }, true],
      [{ config: config(''), env: { http_proxy: url } }, true],
      [{ config: config(''), env: { HTTP_PROXY: url, NO_PROXY: '127.0.0.1' } }, false],
    ] as const
  ) {
    for (const runtime of ['binary', 'deno'] as const) {
      const before = proxy.targets.length
      const spanId = hex(8)
      const agent = await AgentProcess.start({ runtime, ...options })
      await post(agent, spanId)
      await waitFor(() => aws.documents.some((document) => document.includes(spanId)), 'the segment')
      assert.equal(proxy.targets.length > before, isProxied, `${runtime} ${JSON.stringify(options)}`)
      await agent.stop()
    }
  }
  proxy.stop()
  await aws.stop()
})

test('X-Ray is reached by TLS with a certificate authority of its own', { skip }, async () => {
  const aws = await new FakeXray(tls()).start()
  const endpoint = aws.url
  for (const runtime of ['binary', 'deno'] as const) {
    for (
      const [own, env] of [[`, caFile: '${file('ca.pem')}'`, {}], ['', { AWS_CA_BUNDLE: file('ca.pem') }]] as const
    ) {
      const spanId = hex(8)
      const agent = await AgentProcess.start({
        runtime,
        env,
        config:
          `{ export: { xray: { region: 'us-west-2', endpoint: '${endpoint}'${own} } }, queue: { batchWait: '10ms' } }`,
      })
      await post(agent, spanId)
      await waitFor(() => aws.documents.some((document) => document.includes(spanId)), 'the segment')
      await agent.stop()
    }
  }
  await aws.stop()
})

test('an IAM role is assumed with its external id, and its keys sign', async () => {
  const aws = await new FakeXray().start()
  aws.secret = 'role-secret'
  const sts = await new FakeSts().start()
  const env = { AWS_ENDPOINT_URL_STS: sts.url }
  for (const runtime of ['binary', 'deno'] as const) {
    const spanId = hex(8)
    const role = "roleArn: 'arn:aws:iam::123456789012:role/traces', externalId: 'from-outside'"
    const agent = await AgentProcess.start({
      runtime,
      env,
      config:
        `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}', ${role} } }, queue: { batchWait: '10ms' } }`,
    })
    await post(agent, spanId)
    await waitFor(() => aws.documents.some((document) => document.includes(spanId)), 'the segment')
    await agent.stop()
  }
  const asked = new URLSearchParams(sts.requests[0])
  assert.equal(asked.get('ExternalId'), 'from-outside')
  assert.equal(asked.get('RoleArn'), 'arn:aws:iam::123456789012:role/traces')
  assert.deepEqual(aws.flaws, [])
  sts.stop()
  await aws.stop()
})

test('region and keys are found in the shared files, and in the metadata of a container', async () => {
  const aws = await new FakeXray().start()
  writeFileSync(file('config'), '[profile traces]\nregion = us-west-2\n')
  writeFileSync(file('credentials'), '[traces]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n')
  const container = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      request.url === '/meta/task'
        ? '{"TaskARN":"arn:aws:ecs:us-west-2:123456789012:task/t"}'
        : '{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"secret","Token":"t","Expiration":"2099-01-01T00:00:00Z"}',
    )
  })
  await new Promise<void>((resolve) => container.listen(0, '127.0.0.1', () => resolve()))
  const url = `http://127.0.0.1:${(container.address() as AddressInfo).port}`
  const bare = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
  for (
    const env of [
      {
        ...bare,
        AWS_PROFILE: 'traces',
        AWS_CONFIG_FILE: file('config'),
        AWS_SHARED_CREDENTIALS_FILE: file('credentials'),
      },
      { ...bare, ECS_CONTAINER_METADATA_URI_V4: `${url}/meta`, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/keys` },
    ]
  ) {
    const spanId = hex(8)
    const agent = await AgentProcess.start({
      env,
      config: `{ export: { xray: { endpoint: '${aws.url}' } }, queue: { batchWait: '10ms' } }`,
    })
    await post(agent, spanId)
    await waitFor(() => aws.documents.some((document) => document.includes(spanId)), 'the segment')
    await agent.stop()
  }
  assert.deepEqual(aws.flaws, [])
  container.closeAllConnections()
  container.close()
  await aws.stop()
})

test(
  'insecure: true takes a certificate that nobody knows, and nothing else does; Deno says that it cannot',
  { skip },
  async () => {
    const aws = await new FakeXray(tls()).start()
    const config = (insecure: boolean): string =>
      `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}', insecure: ${insecure} } }, queue: { batchWait: '10ms' } }`
    const agent = await AgentProcess.start({ config: config(false) })
    await post(agent, hex(8))
    await waitFor(() => agent.log.includes('Delivery fails'), 'the refusal')
    assert.equal(aws.requests, 0)
    agent.writeConfig(config(true))
    await waitFor(() => aws.documents.length === 1, 'the document')
    await agent.stop()
    const deno = await AgentProcess.start({ config: config(true), runtime: 'deno' })
    await post(deno, hex(8))
    await waitFor(() => deno.log.includes('Deno checks certificates always'), 'the reason')
    await deno.kill()
    await aws.stop()
  },
)

/** What a command prints and how it ends, run next to an agent with the agent's config. */
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
    assert.deepEqual(aws.flaws, [])
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
