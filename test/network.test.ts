import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import { createServer as createTlsServer, request as httpsRequest } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../scripts/tools.mjs'
import { AgentProcess } from './support/agent-process.ts'
import { hasOpenssl, makeCertificates } from './support/certificates.ts'
import { runClient } from './support/client-tools.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { hex, jsonRequest, protobufRequest } from './support/otlp.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-network-'))
after(() => rmSync(folder, { recursive: true }))
const skip = hasOpenssl ? false : 'openssl is not installed, which makes the certificates of this test'
const file = (name: string): string => join(folder, name)

if (hasOpenssl) makeCertificates(folder)

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
  let proxied = 0
  const proxy = createServer((request, response) => {
    proxied++
    const onward = httpRequest(request.url ?? '', { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  proxy.on('connect', (request, socket) => {
    proxied++
    const [host, port] = (request.url ?? '').split(':')
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', () => resolve()))
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
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
      const before = proxied
      const spanId = hex(8)
      const agent = await AgentProcess.start({ runtime, ...options })
      await post(agent, spanId)
      await waitFor(() => aws.documents.some((document) => document.includes(spanId)), 'the segment')
      assert.equal(proxied > before, isProxied, `${runtime} ${JSON.stringify(options)}`)
      await agent.stop()
    }
  }
  proxy.closeAllConnections()
  proxy.close()
  await aws.stop()
})

test('X-Ray is reached by TLS with a certificate authority of its own', { skip }, async () => {
  const aws = await new FakeXray().start()
  const server = createTlsServer(
    { key: readFileSync(file('key.pem')), cert: readFileSync(file('cert.pem')) },
    (request, response) => {
      const onward = httpRequest(
        aws.url + (request.url ?? ''),
        { method: request.method, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        },
      )
      request.pipe(onward)
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
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
  server.closeAllConnections()
  server.close()
  await aws.stop()
})

test('a role is taken on with its external id, and its keys sign', async () => {
  const aws = await new FakeXray().start()
  aws.secret = 'role-secret'
  let asked = ''
  const sts = createServer(async (request, response) => {
    for await (const chunk of request) asked += String(chunk)
    response.writeHead(200, { 'content-type': 'text/xml' })
    response.end(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
      <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>token</SessionToken>
      <Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials>
      <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`)
  })
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', () => resolve()))
  const env = { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(sts.address() as AddressInfo).port}` }
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
  assert.match(asked, /ExternalId=from-outside/)
  assert.match(asked, /RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Ftraces/)
  assert.deepEqual(aws.flaws, [])
  sts.closeAllConnections()
  sts.close()
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
    const aws = await new FakeXray({
      key: readFileSync(file('key.pem'), 'utf8'),
      cert: readFileSync(file('cert.pem'), 'utf8'),
    })
      .start()
    const config = (insecure: boolean): string =>
      `{ export: { xray: { region: 'us-west-2', endpoint: 'https://127.0.0.1:${aws.port}', insecure: ${insecure} } }, queue: { batchWait: '10ms' } }`
    const agent = await AgentProcess.start({ config: config(false) })
    await post(agent, hex(8))
    await waitFor(() => agent.log.includes('Delivery to xray fails'), 'the refusal')
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
