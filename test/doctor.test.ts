import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTls } from 'node:https'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { AgentProcess, commandOf, type Runtime } from './support/agent-process.ts'
import { hasOpenssl, makeCertificates } from './support/certificates.ts'
import { FakeSts } from './support/fake-sts.ts'
import { FakeXray } from './support/fake-xray.ts'
import { HttpProxy } from './support/http-proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-doctor-'))
after(() => rmSync(folder, { recursive: true }))

const certificates = mkdtempSync(join(folder, 'tls-'))
const skip = hasOpenssl ? false : 'openssl is not installed, which makes the certificates of this test'
if (hasOpenssl) makeCertificates(certificates)

interface Finding {
  readonly name: string
  readonly state: string
  readonly message: string
  readonly advice?: string
}

/** A fake of X-Ray and STS with the given status codes and clock. */
async function fakeAws(answers: { put?: number; sts?: number; clockS?: number } = {}) {
  const server = createServer((request, response) => {
    const { put = 200, sts = 200, clockS = 0 } = answers
    response.sendDate = false
    response.setHeader('date', new Date(Date.now() + clockS * 1000).toUTCString())
    if (request.url === '/sts') {
      response.statusCode = sts
      const ok = '<Arn>arn:aws:sts::123456789012:assumed-role/agent/i-1</Arn>'
      response.end(sts === 200 ? ok : '<Code>InvalidClientTokenId</Code>')
    } else if (request.url === '/TraceSegments') {
      response.statusCode = put
      response.end(put === 200 ? '{"UnprocessedTraceSegments":[]}' : '{"__type":"AccessDeniedException"}')
    } else response.end('{}')
  })
  return { server, url: await listen(server) }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens
}

async function closedPort(): Promise<number> {
  const server = createTcp()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens
  await new Promise((resolve) => server.close(resolve))
  return port
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }
const region = { AWS_REGION: 'us-west-2' }

/** Runs the doctor with a config. @returns its findings and exit code */
async function examine(
  config: string,
  env: Record<string, string>,
  runtime: Runtime = 'binary',
): Promise<{ findings: Finding[]; code: number }> {
  const dir = mkdtempSync(join(folder, 'config-'))
  writeFileSync(
    join(dir, 'config.ts'),
    `import { defineConfig } from 'rontgen'\nexport default defineConfig(${config})\n`,
  )
  const [program, ...first] = commandOf(runtime)
  const free = Object.fromEntries(
    ['OTLP_GRPC', 'OTLP_HTTP', 'XRAY_UDP', 'XRAY_PROXY', 'ADMIN'].map((name) => [`RONTGEN_${name}_PORT`, '0']),
  )
  const all = {
    PATH: process.env['PATH'],
    HOME: dir,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...free,
    RONTGEN_ADMIN_PORT: String(await closedPort()),
    RONTGEN_QUEUE_DIR: join(dir, 'spool'),
    ...env,
  }
  return await new Promise((resolve) => {
    execFile(program, [...first, 'doctor', '--json'], { cwd: dir, env: all }, (error, stdout, stderr) => {
      assert.equal(stderr, '')
      resolve({ findings: JSON.parse(stdout), code: typeof error?.code === 'number' ? error.code : 0 })
    })
  })
}

test('doctor reports no failure where there is none', async () => {
  const aws = await fakeAws()
  const { findings, code } = await examine(`{ export: { xray: { endpoint: '${aws.url}' } } }`, {
    ...keys,
    ...region,
    AWS_ENDPOINT_URL_STS: `${aws.url}/sts`,
  })
  assert.deepEqual(findings.filter(({ state }) => state === 'fail'), [])
  assert.equal(code, 0)
  const messageOf = (name: string) => findings.find((finding) => finding.name === name)?.message
  assert.equal(messageOf('region'), 'us-west-2, from AWS_REGION')
  assert.match(messageOf('identity') ?? '', /assumed-role\/agent/)
  assert.equal(messageOf('put'), 'xray:PutTraceSegments is allowed')
  assert.equal(messageOf('sampling'), 'xray:GetSamplingRules is allowed')
  aws.server.close()
})

/** How each fault is provoked, and what the doctor must report first. */
const faults: Readonly<
  Record<
    string,
    () => Promise<readonly [config: string, env: Record<string, string>, name: string, message: RegExp, advice: RegExp]>
  >
> = {
  'a config that is wrong':
    async () => ['{ queue: { maxAge: 7 } }', {}, 'config', /queue\.maxAge is 7/, /docs\/config/],
  'a TCP port that is taken': async () => {
    const server = createServer()
    const port = (await listen(server)).split(':').pop() ?? ''
    after(() => server.close())
    return ['{}', { RONTGEN_OTLP_HTTP_PORT: port }, 'port otlp.http', /is in use by another program/, /ss -lnpt/]
  },
  'a UDP port that is taken': async () => {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()))
    after(() => socket.close())
    return [
      '{}',
      { RONTGEN_XRAY_UDP_PORT: String(socket.address().port) },
      'port xray.udp',
      /UDP .* is in use/,
      /ss -lnpu/,
    ]
  },
  'an address that this machine does not have': async () => [
    "{ receive: { otlp: { grpc: { host: '192.0.2.1' } } } }",
    {},
    'port otlp.grpc',
    /cannot be bound: EADDRNOTAVAIL/,
    /that this machine has/,
  ],
  'a spool that cannot be written':
    async () => ['{}', { RONTGEN_QUEUE_DIR: '/proc/rontgen' }, 'spool', /cannot be written/, /queue\.dir/],
  'no region': async () => ['{ export: { xray: {} } }', keys, 'region', /none is set/, /AWS_REGION/],
  'a name without an address': async () => [
    "{ export: { xray: { endpoint: 'http://nowhere.invalid' } } }",
    { ...keys, ...region },
    'dns',
    /nowhere\.invalid has no address/,
    /resolv\.conf/,
  ],
  'an endpoint that does not answer': async () => [
    `{ export: { xray: { endpoint: 'http://127.0.0.1:${await closedPort()}' } } }`,
    { ...keys, ...region },
    'connection',
    /cannot be reached/,
    /TCP 443/,
  ],
  'a certificate that nobody knows': async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(certificates, name)))
    const server = createTls({ key, cert }, (_, response) => response.end('{}'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => server.close())
    const { port } = server.address() as AddressInfo // it listens
    return [
      `{ export: { xray: { endpoint: 'https://127.0.0.1:${port}' } } }`,
      { ...keys, ...region },
      'tls',
      /certificate/i,
      /AWS_CA_BUNDLE/,
    ]
  },
  'a proxy that does not run': async () => [
    '{ export: { xray: {} } }',
    { ...keys, ...region, HTTPS_PROXY: `http://127.0.0.1:${await closedPort()}` },
    'proxy',
    /through the proxy/,
    /NO_PROXY/,
  ],
  'certificates that cannot be read': async () => [
    "{ export: { xray: { caFile: '/none.pem' } } }",
    { ...keys, ...region },
    'tls',
    /Cannot read the certificates of caFile: .*\/none\.pem/,
    /caFile of the exporter/,
  ],
  'a clock that is wrong': async () => {
    const aws = await fakeAws({ clockS: 900, put: 403 })
    after(() => aws.server.close())
    return [
      `{ export: { xray: { endpoint: '${aws.url}' } } }`,
      { ...keys, ...region, AWS_ENDPOINT_URL_STS: `${aws.url}/sts` },
      'clock',
      /900 s behind AWS|89\d s behind AWS|90\d s behind AWS/,
      /NTP/,
    ]
  },
  'no credentials': async () => {
    const aws = await fakeAws()
    after(() => aws.server.close())
    return [
      `{ export: { xray: { endpoint: '${aws.url}' } } }`,
      region,
      'credentials',
      /none were found/,
      /instance a role/,
    ]
  },
  'keys that are wrong': async () => {
    const aws = await fakeAws({ sts: 403, put: 403 })
    after(() => aws.server.close())
    return [
      `{ export: { xray: { endpoint: '${aws.url}' } } }`,
      { ...keys, ...region, AWS_ENDPOINT_URL_STS: `${aws.url}/sts` },
      'identity',
      /403 InvalidClientTokenId/,
      /create new ones/,
    ]
  },
  'a right that is missing': async () => {
    const aws = await fakeAws({ put: 403 })
    after(() => aws.server.close())
    return [
      `{ export: { xray: { endpoint: '${aws.url}' } } }`,
      { ...keys, ...region, AWS_ENDPOINT_URL_STS: `${aws.url}/sts` },
      'put',
      /AccessDeniedException/,
      /AWSXRayDaemonWriteAccess/,
    ]
  },
}

for (const [fault, provoke] of Object.entries(faults)) {
  test(`doctor reports ${fault} first, with what to do`, async () => {
    const [config, env, name, message, advice] = await provoke()
    const { findings: [first], code } = await examine(config, env)
    assert.equal(code, 69)
    assert.equal(first?.state, 'fail')
    assert.equal(first?.name, name, JSON.stringify(first))
    assert.match(first?.message ?? '', message)
    assert.match(first?.advice ?? '', advice)
  })
}

test('a region of the European Sovereign Cloud is valid, and its endpoint is in its own domain', async () => {
  const proxy = { HTTPS_PROXY: `http://127.0.0.1:${await closedPort()}` }
  const config = "{ export: { xray: { region: 'eusc-de-east-1' } } }"
  for (const runtime of ['binary', 'deno'] as const) {
    const { findings } = await examine(config, { ...keys, ...proxy }, runtime)
    assert.equal(findings.find(({ name }) => name === 'region')?.message, 'eusc-de-east-1, from the config or a flag')
    assert.match(
      findings.find(({ name }) => name === 'proxy')?.message ?? JSON.stringify(findings),
      /^https:\/\/xray\.eusc-de-east-1\.amazonaws\.eu cannot be reached/,
    )
  }
  const dir = mkdtempSync(join(folder, 'init-'))
  const [program, ...first] = commandOf('binary')
  const line = [...first, 'init', '--yes', '--to', 'xray', '--region', 'eusc-de-east-1']
  const { status, stderr } = spawnSync(program, line, { cwd: dir, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.match(readFileSync(join(dir, 'config.ts'), 'utf8'), /region: 'eusc-de-east-1'/)
})

test('doctor uses the role, the CA and the proxy of the settings', { skip }, async () => {
  const tls = {
    key: readFileSync(join(certificates, 'key.pem'), 'utf8'),
    cert: readFileSync(join(certificates, 'cert.pem'), 'utf8'),
  }
  const aws = await new FakeXray(tls).start()
  aws.secret = 'role-secret'
  const sts = await new FakeSts(tls).start()
  const proxy = await new HttpProxy().start()
  const caFile = join(certificates, 'ca.pem')
  const { findings } = await examine(
    `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}', roleArn: 'arn:aws:iam::123456789012:role/traces', proxy: '${proxy.url}', caFile: '${caFile}' } } }`,
    { ...keys, AWS_ENDPOINT_URL_STS: sts.url },
  )
  const messageOf = (name: string) => findings.find((finding) => finding.name === name)?.message
  assert.equal(messageOf('credentials'), 'key ASIAROLE, of arn:aws:iam::123456789012:role/traces')
  assert.equal(messageOf('identity'), 'arn:aws:sts::123456789012:assumed-role/traces/rontgen')
  assert.equal(messageOf('put'), 'xray:PutTraceSegments is allowed')
  assert.equal(messageOf('sampling'), 'xray:GetSamplingRules is allowed')
  proxy.stop()
  sts.stop()
  await aws.stop()
})

const hasNamespaces = spawnSync('unshare', ['-n', 'true']).status === 0
test('doctor reports a loopback interface that is down first', {
  skip: hasNamespaces ? false : 'unshare may not make a namespace here',
}, () => {
  const dir = mkdtempSync(join(folder, 'no-lo-'))
  // Without an interface no port can be bound either, so the config has none.
  writeFileSync(
    join(dir, 'config.ts'),
    "import { defineConfig } from 'rontgen'\nexport default defineConfig({ receive: { otlp: { grpc: false, http: false }, xray: { udp: false, proxy: false } }, admin: false })\n",
  )
  const { stdout } = spawnSync('unshare', ['-n', ...commandOf('binary'), 'doctor', '--json'], {
    encoding: 'utf8',
    cwd: dir,
    env: { PATH: process.env['PATH'], HOME: dir },
  })
  const [first]: Finding[] = JSON.parse(stdout)
  assert.equal(first?.name, 'udp')
  assert.equal(first?.state, 'fail')
})

test('doctor only warns of a small buffer, a spool in memory, and sampling that is not allowed', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/GetSamplingRules' ? 403 : 200
    response.end(request.url === '/sts' ? '<Arn>arn:aws:iam::1:user/a</Arn>' : '{"__type":"AccessDeniedException"}')
  })
  const url = await listen(server)
  const { findings, code } = await examine(
    `{ receive: { xray: { udp: { receiveBuffer: '1GiB' } } }, export: { xray: { endpoint: '${url}' } } }`,
    { ...keys, ...region, AWS_ENDPOINT_URL_STS: `${url}/sts`, RONTGEN_QUEUE_DIR: ':memory:' },
  )
  assert.equal(code, 0)
  const warned = findings.filter(({ state }) => state === 'warn').map(({ name }) => name)
  for (const name of ['spool', 'limits', 'sampling']) {
    assert.ok(warned.includes(name), `${name} in ${warned.join(', ')}`)
  }
  server.close()
})

test('verify sends a trace through the agent, and reads it back', async () => {
  const agent = await AgentProcess.start({ config: "{ queue: { batchWait: '10ms' } }" })
  const [program, ...first] = commandOf('binary')
  const run = (): Promise<{ code: number; text: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], RONTGEN_ADMIN_PORT: String(agent.port('admin')) }
      execFile(program, [...first, 'verify', '--timeout', '10'], { cwd: agent.folder, env }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }))
    })
  const { code, text } = await run()
  assert.equal(code, 0, text)
  assert.match(text, /^Sent 1-[0-9a-f]{8}-[0-9a-f]{24}\nIt is in the local store, after [\d.]+ s\n$/)
  await agent.stop()
})

test('doctor points to the failures above only where there are some', async () => {
  const deadLetters = { count: 0, bytes: 0 }
  const exporterOf = (name: string) => ({ name, state: 'failing', lastFailure: { message: 'no answer' } })
  const agent = createServer((_, response) => {
    const exporters = ['xray', 'console'].map(exporterOf)
    response.end(JSON.stringify({ pid: 1, exporters, removedExporters: [], deadLetters }))
  })
  const url = await listen(agent)
  const aws = await fakeAws({ put: 403 })
  const { findings } = await examine(`{ export: { xray: { endpoint: '${aws.url}' }, console: true } }`, {
    ...keys,
    ...region,
    AWS_ENDPOINT_URL_STS: `${aws.url}/sts`,
    RONTGEN_ADMIN_PORT: new URL(url).port,
  })
  const advice = findings.filter(({ name }) => name === 'delivery').map(({ message, advice }) => [message, advice])
  assert.deepEqual(advice, [
    ['to xray fails: no answer', 'see the failures above'],
    ['to console fails: no answer', 'see rontgen logs'],
  ])
  agent.close()
  aws.server.close()
})
