import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { BatchGetTracesCommand, CreateSamplingRuleCommand, PutTraceSegmentsCommand } from '@aws-sdk/client-xray'
import { root } from '../scripts/tools.mjs'
import { AgentProcess, commandOf } from './support/agent-process.ts'
import { preparePython, runClient } from './support/client-tools.ts'
import { sendSpans } from './support/send-spans.ts'
import { shopTrace } from './support/shop-trace.ts'
import { waitFor } from './support/wait-for.ts'
import { xrayClient } from './support/xray-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-local-'))
after(() => rmSync(folder, { recursive: true }))

for (const runtime of ['binary', 'deno'] as const) {
  test(`rontgen traces and trace (${runtime}) show what was received, with nothing configured`, async () => {
    const agent = await AgentProcess.start({ runtime, config: "{ queue: { batchWait: '10ms' } }" })
    const client = xrayClient(agent)
    const { trace, documents } = shopTrace()
    await client.send(
      new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) }),
    )
    client.destroy()
    const [program, ...first] = commandOf(runtime)
    const run = (...args: string[]) =>
      spawnSync(program, [...first, ...args], {
        encoding: 'utf8',
        cwd: folder,
        env: { PATH: process.env['PATH'], RONTGEN_ADMIN_PORT: String(agent.port('admin')) },
      })
    const listed = run('traces', 'service("payments") { fault }')
    assert.match(
      listed.stdout,
      new RegExp(`^\\S+  ${trace}  fault +2\\.00 s  shop  POST https://shop.example.com/orders 502\\n$`),
    )
    assert.equal(run('traces', 'ok').stdout, 'No trace matches\n')
    assert.equal(JSON.parse(run('traces', '--json').stdout).Id, trace)
    const wrong = run('traces', 'responsetime >')
    assert.equal(wrong.status, 69)
    assert.match(wrong.stderr, /Expected a number after ">"/)
    const shown = run('trace', trace.replaceAll('-', '').slice(1)).stdout
    assert.match(shown, /^shop +█{40} 2.00 s {2}fault$/m)
    assert.match(shown, /^ {2}payments +█+ +1.40 s {2}fault$/m)
    assert.match(shown, /^ {4}payments +█+ +1.20 s {2}fault$/m)
    assert.match(shown, /^ {2}DynamoDB .*throttle$/m)
    assert.equal(run('trace', trace, '--json').stdout.trim().split('\n').length, 2)
    assert.equal(run('trace', 'x').status, 64)
    assert.match(run('trace', `1-00000000-${'0'.repeat(24)}`).stderr, /There is no trace/)
    await agent.stop()
  })
}

test('a local store that is damaged is quarantined, and the agent continues', async () => {
  const dir = mkdtempSync(join(folder, 'damaged-'))
  writeFileSync(join(dir, 'traces.sqlite'), 'no database at all '.repeat(1000))
  const agent = await AgentProcess.start({ dir, config: "{ queue: { batchWait: '10ms' } }" })
  assert.match(
    agent.log,
    /ERROR local: the local store failed: It cannot be read and was moved to ".*traces.sqlite.quarantine-/,
  )
  const ids = await sendSpans(agent, 10)
  const body = { StartTime: Date.now() / 1000 - 600, EndTime: Date.now() / 1000 + 60 }
  const count = async () => (await (await agent.admin('/TraceSummaries', body)).json()).TraceSummaries.length
  await waitFor(async () => (await count()) === ids.length, 'the traces')
  await agent.stop()
})

const rule = { ResourceARN: '*', ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', Version: 1 }

const python = await preparePython()
test('boto3 can call the local X-Ray', { skip: 'skip' in python ? python.skip : false }, async () => {
  const agent = await AgentProcess.start()
  const program = 'python' in python ? python.python : ''
  const seen = await runClient(program, [join(root, 'test/clients/boto3_api.py'), `http://${agent.address('admin')}`])
  assert.deepEqual(seen, {
    unprocessed: ['MissingId'],
    found: true,
    document: true,
    services: ['boto3', 'clients'],
    traceGraph: 2,
    series: 1,
    rules: ['boto3', 'Default'],
    groups: ['Default', 'boto3'],
  })
  await agent.stop()
})

test('the AWS CLI can call the local X-Ray', { skip: 'skip' in python ? python.skip : false }, async () => {
  const agent = await AgentProcess.start()
  const program = join('python' in python ? python.python : '', '../aws')
  const { trace, documents } = shopTrace()
  const [start, end] = [Math.floor(Date.now() / 1000) - 60, Math.floor(Date.now() / 1000) + 60]
  const aws = (command: string, ...args: string[]) => {
    const endpoint = ['--endpoint-url', `http://${agent.address('admin')}`, '--region', 'us-west-2']
    const { status, stdout, stderr } = spawnSync(program, ['xray', command, ...args, ...endpoint, '--output', 'json'], {
      encoding: 'utf8',
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
    })
    assert.equal(status, 0, `${command}: ${stderr}`)
    return stdout.trim() === '' ? {} : JSON.parse(stdout)
  }
  const time = ['--start-time', String(start), '--end-time', String(end)]
  const sampling = {
    RuleName: 'cli',
    ResourceARN: '*',
    Priority: 7,
    FixedRate: 0.5,
    ReservoirSize: 1,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    Version: 1,
  }
  const put = aws(
    'put-trace-segments',
    '--trace-segment-documents',
    ...documents.map((document) => JSON.stringify(document)),
  )
  assert.deepEqual(put.UnprocessedTraceSegments, [])
  const found = aws('get-trace-summaries', ...time, '--filter-expression', 'service("payments") { fault }')
  assert.deepEqual(found.TraceSummaries.map(({ Id }: { Id: string }) => Id), [trace])
  assert.equal(aws('batch-get-traces', '--trace-ids', trace).Traces[0].Segments.length, 2)
  assert.equal(aws('get-trace-graph', '--trace-ids', trace).Services.length, 4)
  assert.equal(aws('get-service-graph', ...time).Services.length, 4)
  assert.equal(aws('get-time-series-service-statistics', ...time).TimeSeriesServiceStatistics.length, 1)
  assert.equal(
    aws('create-sampling-rule', '--sampling-rule', JSON.stringify(sampling)).SamplingRuleRecord.SamplingRule.Priority,
    7,
  )
  aws('update-sampling-rule', '--sampling-rule-update', 'RuleName=cli,FixedRate=0.25')
  assert.equal(aws('get-sampling-rules').SamplingRuleRecords[0].SamplingRule.FixedRate, 0.25)
  const documentsOf = `RuleName=cli,ClientID=${'a'.repeat(24)},Timestamp=${start},RequestCount=9,SampledCount=3`
  assert.equal(
    aws('get-sampling-targets', '--sampling-statistics-documents', documentsOf).SamplingTargetDocuments[0].RuleName,
    'cli',
  )
  aws('get-sampling-statistic-summaries')
  aws('delete-sampling-rule', '--rule-name', 'cli')
  aws('create-group', '--group-name', 'faulty', '--filter-expression', 'fault')
  aws('update-group', '--group-name', 'faulty', '--filter-expression', 'error')
  assert.equal(aws('get-group', '--group-name', 'faulty').Group.FilterExpression, 'error')
  assert.equal(aws('get-groups').Groups.length, 2)
  aws('delete-group', '--group-name', 'faulty')
  aws('put-telemetry-records', '--telemetry-records', `Timestamp=${start},SegmentsReceivedCount=1`)
  await agent.stop()
})

test('the X-Ray SDK for JavaScript samples by a rule of the local X-Ray, without AWS', async () => {
  const agent = await AgentProcess.start({ config: '{ export: { local: true } }' })
  const client = xrayClient(agent)
  await client.send(
    new CreateSamplingRuleCommand({
      SamplingRule: { ...rule, RuleName: 'all', Priority: 1, FixedRate: 1, ReservoirSize: 9, URLPath: '*' },
    }),
  )
  const daemon = `tcp:${agent.address('xray.proxy')} udp:${agent.address('xray.udp')}`
  const sent = await runClient('node', [join(root, 'test/clients/xray-js.mjs')], { AWS_XRAY_DAEMON_ADDRESS: daemon })
  assert.equal(sent['rule'], 'all')
  const trace = String(sent['trace'])
  await waitFor(
    async () => (await client.send(new BatchGetTracesCommand({ TraceIds: [trace] }))).Traces?.length === 1,
    'the trace',
  )
  client.destroy()
  await agent.stop()
})

test("OpenTelemetry's remote sampler applies rules of the local X-Ray, without AWS", async () => {
  const agent = await AgentProcess.start({ config: '{ export: { local: true } }' })
  const client = xrayClient(agent)
  for (
    const [RuleName, Priority, FixedRate, URLPath] of [['always', 1, 1, '/always'], ['never', 2, 0, '/never']] as const
  ) {
    await client.send(
      new CreateSamplingRuleCommand({
        SamplingRule: { ...rule, RuleName, Priority, FixedRate, ReservoirSize: 0, URLPath },
      }),
    )
  }
  const sampler = join(root, 'test/clients/otel-sampler.mjs')
  const seen = await runClient('node', [sampler, `http://${agent.address('xray.proxy')}`])
  assert.deepEqual(seen, { always: 2, never: 0 })
  client.destroy()
  await agent.stop()
})
