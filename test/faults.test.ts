import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../scripts/tools.mjs'
import { type AgentOptions, AgentProcess } from './support/agent-process.ts'
import { hasOpenssl, makeCertificates } from './support/certificates.ts'
import { sendSpans } from './support/send-spans.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-faults-'))
after(() => rmSync(folder, { recursive: true }))
const arrived = (aws: FakeXray): Set<string> => new Set(aws.segments.map(({ id }) => String(id)))
const xray = (aws: FakeXray, more = ''): string => `{ region: 'us-west-2', endpoint: '${aws.url}', ${more} }`

/** Runs an agent against a fake X-Ray. @param fn returns the ids that were acknowledged, all of which must arrive */
function scenario(
  name: string,
  fn: (aws: FakeXray, agent: AgentProcess) => Promise<string[]>,
  options: (aws: FakeXray) => AgentOptions = (aws) => ({ config: `{ export: { xray: ${xray(aws)} } }` }),
): void {
  test(`faults: ${name}`, async () => {
    const aws = await new FakeXray().start()
    const agent = await AgentProcess.start(options(aws))
    try {
      const acknowledged = await fn(aws, agent)
      await waitFor(() => acknowledged.every((id) => arrived(aws).has(id)), 'the acknowledged spans', 40_000)
    } finally {
      await agent.stop()
      await aws.stop()
    }
  })
}

scenario(
  'a missing permission loses nothing, is logged as an error, and delivery resumes once it is granted',
  async (aws, agent) => {
    aws.fault = { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } }
    const ids = await sendSpans(agent, 100)
    await waitFor(
      () => /ERROR Delivery to xray fails: X-Ray answered 403 AccessDenied.*PutTraceSegments/.test(agent.log),
      'the error',
    )
    const status = await (await agent.admin('/status')).json()
    assert.equal(status.delivery.state, 'failing')
    assert.equal(status.queue.documents, 100)
    assert.match(status.delivery.lastFailure.message, /AccessDenied/)
    aws.fault = undefined
    agent.writeConfig(`{ export: { xray: ${xray(aws, "timeout: '9s'")} } }`)
    await waitFor(() => /Delivery to xray works again after .* documents wait/.test(agent.log), 'the delivery')
    return ids
  },
)

scenario('keys that rotate in the shared file are read again', async (aws, agent) => {
  const before = await sendSpans(agent, 20)
  await waitFor(() => aws.documents.length === 20, 'the first spans')
  aws.secret = 'rotated'
  aws.fault = { status: 403, headers: { 'x-amzn-errortype': 'ExpiredTokenException' } }
  const meanwhile = await sendSpans(agent, 20)
  await waitFor(() => agent.log.includes('Delivery to xray fails'), 'the failure')
  writeFileSync(join(folder, 'credentials'), '[default]\naws_access_key_id = B\naws_secret_access_key = rotated\n')
  aws.fault = undefined
  return [...before, ...meanwhile]
}, (aws) => {
  writeFileSync(join(folder, 'credentials'), '[default]\naws_access_key_id = A\naws_secret_access_key = secret\n')
  const env = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  }
  return { env, config: `{ export: { xray: ${xray(aws)} } }` }
})

scenario('a clock of AWS that is an hour ahead is compensated', async (aws, agent) => {
  aws.clockMs = 3_600_000
  return await sendSpans(agent, 20)
})

scenario(
  'a clock of AWS that jumps an hour ahead, two hours back, and to the right time is compensated',
  async (aws, agent) => {
    const ids: string[] = []
    for (const clockMs of [0, 3_600_000, -3_600_000, 0]) {
      aws.clockMs = clockMs
      ids.push(...await sendSpans(agent, 60))
      await waitFor(() => ids.every((id) => arrived(aws).has(id)), 'the spans')
    }
    return ids
  },
)

scenario('documents that always fail do not delay others', async (aws, agent) => {
  const poisoned = new Set(await sendSpans(agent, 30))
  aws.fault = ([document]) => {
    const { id } = JSON.parse(document ?? '{}')
    return poisoned.has(id) ? { Id: id, ErrorCode: 'ThrottledException', Message: 'later' } : undefined
  }
  const fresh: string[] = []
  for (let round = 0; round < 10; round++) fresh.push(...await sendSpans(agent, 60))
  await waitFor(() => fresh.every((id) => arrived(aws).has(id)), 'the others')
  aws.fault = undefined
  return [...poisoned, ...fresh]
}, (aws) => ({ config: `{ export: { xray: ${xray(aws)} }, queue: { batchWait: '200ms' } }` }))

scenario('throttling lowers the number of requests in flight, and success raises it', async (aws, agent) => {
  aws.fault = { status: 429 }
  const ids = await sendSpans(agent, 2000)
  const limit = async (): Promise<number> => (await (await agent.admin('/status')).json()).delivery.limit
  await waitFor(async () => (await limit()) === 1, 'one request at a time')
  aws.fault = undefined
  await waitFor(() => ids.every((id) => arrived(aws).has(id)), 'the spans')
  assert.ok((await limit()) > 1)
  return ids
})

for (
  const [name, answer, says] of [
    [
      '400 to everything',
      { status: 400, body: { message: 'no' } },
      /rejects all .* 10 requests in a row.*answered 400/,
    ],
    ['413 to everything', { status: 413, body: '<html>' }, /rejects all .*answered 413.*does not look like X-Ray/],
    ['403 without a code', { status: 403, body: '<html>' }, /answered 403.*does not look like X-Ray/],
    ['200 with a text', { status: 200, body: 'ok' }, /What answers is not X-Ray: 200 with ""ok"" instead of Unproc/],
    ['200 with a message', { status: 200, body: { message: 'Internal error' } }, /is not X-Ray: 200 with "{"message"/],
    ['200 with null', { status: 200, body: { UnprocessedTraceSegments: null } }, /What answers is not X-Ray: 200/],
  ] as const
) {
  scenario(`an endpoint that answers ${name} costs no document, and the log says what answers`, async (aws, agent) => {
    aws.fault = answer
    const ids: string[] = []
    for (let i = 0; i < 30; i++) ids.push(...await sendSpans(agent, 60))
    await waitFor(() => agent.log.includes('ERROR Delivery to xray fails') && says.test(agent.log), 'the error', 40_000)
    assert.ok(aws.requests < 100, `${aws.requests} requests`)
    const status = await (await agent.admin('/status')).json()
    assert.deepEqual([status.deadLetters.count, status.queue.documents], [0, 1800])
    aws.fault = undefined
    agent.writeConfig(`{ export: { xray: ${xray(aws, "timeout: '9s'")} } }`)
    return ids
  })
}

scenario(
  'documents that cannot be delivered for queue.maxAge become dead letters, and can be redriven',
  async (aws, agent) => {
    aws.fault = { status: 500 }
    const ids = await sendSpans(agent, 120)
    await waitFor(
      async () => (await (await agent.admin('/status')).json()).deadLetters.count === 120,
      'the dead letters',
    )
    const { deadLetters: [first] } = await (await agent.admin('/dead-letters?limit=3')).json()
    assert.equal(first.reason, 'too-old')
    assert.match(first.message, /older than queue.maxAge; last: X-Ray answered 500/)
    assert.ok(ids.includes(first.segmentId))
    aws.fault = undefined
    assert.deepEqual(await (await agent.admin('/dead-letters/retry', { ids: 'all' })).json(), { count: 120 })
    return ids
  },
  (aws) => ({ config: `{ export: { xray: ${xray(aws)} }, queue: { maxAge: '500ms', batchWait: '10ms' } }` }),
)

test('faults: an untrusted certificate loses nothing, and delivery resumes once its CA is in the config', {
  skip: hasOpenssl ? false : 'openssl is not installed, which makes the certificates of this test',
}, async () => {
  makeCertificates(folder)
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name), 'utf8'))
  const aws = await new FakeXray({ key: key ?? '', cert: cert ?? '' }).start()
  const settings = `region: 'us-west-2', endpoint: 'https://127.0.0.1:${aws.port}'`
  const agent = await AgentProcess.start({ config: `{ export: { xray: { ${settings} } } }` })
  const ids = await sendSpans(agent, 60)
  await waitFor(
    () => /Delivery to xray fails: Cannot reach X-Ray.*(certificate|issuer)/i.test(agent.log),
    'the failure',
  )
  assert.equal(aws.requests, 0)
  agent.writeConfig(`{ export: { xray: { ${settings}, caFile: '${join(folder, 'ca.pem')}' } } }`)
  await waitFor(() => ids.every((id) => arrived(aws).has(id)), 'the spans')
  await agent.stop()
  await aws.stop()
})

const hasGcc = spawnSync('gcc', ['--version']).status === 0
test('faults: a clock of the machine that jumps an hour, or days, ahead and back while spans wait loses nothing', {
  skip: hasGcc ? false : 'gcc is not installed, which compiles what shifts the clock of the agent',
}, async () => {
  const library = join(folder, 'shifted-clock.so')
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, join(root, 'test/support/shifted-clock.c'), '-ldl'])
  const clock = join(folder, 'clock')
  writeFileSync(clock, '0')
  const aws = await new FakeXray().start()
  const agent = await AgentProcess.start({
    config: `{ export: { xray: ${xray(aws)} } }`,
    env: { LD_PRELOAD: library, CLOCK_SHIFT: clock },
  })
  const ids: string[] = []
  for (const seconds of [0, 3600, 0, -3600, 0, 30 * 86_400, 0]) {
    aws.fault = { status: 500 }
    ids.push(...await sendSpans(agent, 30))
    writeFileSync(clock, String(seconds))
    ids.push(...await sendSpans(agent, 30))
    aws.fault = undefined
    await waitFor(() => ids.every((id) => arrived(aws).has(id)), 'the spans', 40_000)
  }
  const status = await (await agent.admin('/status')).json()
  assert.equal(status.deadLetters.count, 0)
  assert.match(agent.log, /clock of this machine is off|InvalidSignature/)
  await agent.stop()
  await aws.stop()
})

const hasNamespaces = spawnSync('unshare', ['-n', '-m', 'true']).status === 0

test('faults: a name that resolves slowly, or not at all, loses nothing', {
  skip: hasNamespaces ? false : 'unshare may not make namespaces here, which the fake name server needs',
}, () => {
  const bun = join(root, 'node_modules/.bin/bun')
  const script = join(root, 'test/support/slow-dns.ts')
  const resolv = join(folder, 'resolv.conf')
  writeFileSync(resolv, 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n')
  const inside = `ip link set lo up && mount --bind ${resolv} /etc/resolv.conf && exec ${bun} ${script}`
  const output = execFileSync('unshare', ['-n', '-m', 'sh', '-c', inside], { encoding: 'utf8', timeout: 60_000 })
  const { acknowledged, delivered, failures, queries } = JSON.parse(output.trim().split('\n').pop() ?? '')
  assert.equal(delivered, acknowledged)
  assert.ok(failures > 0)
  assert.ok(queries > 1)
})
