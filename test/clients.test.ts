import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from '../scripts/tools.mjs'
import { AgentProcess } from './support/agent-process.ts'
import { prepareGo, preparePython, runClient } from './support/client-tools.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const rule = {
  RuleName: 'all-of-test',
  RuleARN: 'arn:aws:xray:us-west-2:123456789012:sampling-rule/all-of-test',
  Priority: 1,
  FixedRate: 1,
  ReservoirSize: 0,
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ServiceName: '*',
  ServiceType: '*',
  ResourceARN: '*',
  Attributes: {},
  Version: 1,
}

let aws: FakeXray
let agent: AgentProcess
before(async () => {
  aws = await new FakeXray().start()
  aws.rules = { NextToken: null, SamplingRuleRecords: [{ CreatedAt: 0, ModifiedAt: 1.6e9, SamplingRule: rule }] }
  agent = await AgentProcess.start({
    config: `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } }, queue: { batchWait: '10ms' } }`,
  })
})
after(async () => {
  await agent.stop()
  await aws.stop()
})

const js = join(root, 'test/clients/otel-js.mjs')
const python = await preparePython()
const go = await prepareGo()
const clients: {
  name: string
  command: string
  args: string[]
  protocols: string[]
  skip?: string
  plainGrpc?: boolean
}[] = [
  { name: 'OpenTelemetry for JavaScript', command: 'node', args: [js], protocols: ['grpc', 'proto', 'json'] },
  {
    name: 'OpenTelemetry for Python',
    command: 'python' in python ? python.python : '',
    args: [join(root, 'test/clients/otel_python.py')],
    protocols: ['grpc', 'proto'],
    ...('skip' in python ? { skip: python.skip } : {}),
  },
  {
    name: 'OpenTelemetry for Go',
    command: 'program' in go ? go.program : '',
    args: [],
    protocols: ['grpc', 'proto'],
    plainGrpc: true,
    ...('skip' in go ? { skip: go.skip } : {}),
  },
]

for (const { name, command, args, protocols, skip, plainGrpc } of clients) {
  for (const protocol of protocols) {
    for (const compression of ['none', 'gzip']) {
      test(`${name} delivers each span once by ${protocol}, ${compression}`, { skip: skip ?? false }, async () => {
        const address = agent.address(protocol === 'grpc' ? 'otlp.grpc' : 'otlp.http')
        const sent = await runClient(command, [
          ...args,
          protocol,
          plainGrpc === true ? address : `http://${address}`,
          compression,
        ])
        await checkTrace(sent as unknown as SentTrace) // what the clients print
      })
    }
  }
}

interface SentTrace {
  readonly root: { readonly trace: string; readonly id: string }
  readonly children: readonly { readonly id: string }[]
}

async function checkTrace({ root: top, children }: SentTrace): Promise<void> {
  const traceId = `1-${top.trace.slice(0, 8)}-${top.trace.slice(8)}`
  const ofTrace = () => aws.segments.filter((segment) => segment['trace_id'] === traceId)
  await waitFor(() => ofTrace().length >= 1 + children.length, 'the trace')
  const actual = ofTrace().map(({ id, parent_id: parent }) => ({ id, parent }))
  const expected = [{ id: top.id, parent: undefined }, ...children.map(({ id }) => ({ id, parent: top.id }))]
  const byId = (a: { id: unknown }, b: { id: unknown }) => (String(a.id) < String(b.id) ? -1 : 1)
  assert.deepEqual(actual.sort(byId), expected.sort(byId))
}

for (
  const { name, command, args, skip } of [
    {
      name: 'the X-Ray SDK for JavaScript',
      command: 'node',
      args: [join(root, 'test/clients/xray-js.mjs')],
      skip: false,
    },
    {
      name: 'the X-Ray SDK for Python',
      command: 'python' in python ? python.python : '',
      args: [join(root, 'test/clients/xray_python.py')],
      skip: 'skip' in python ? python.skip : false,
    },
  ]
) {
  test(`${name} samples by X-Ray's rules, and its segment arrives once`, { skip }, async () => {
    const daemon = `tcp:${agent.address('xray.proxy')} udp:${agent.address('xray.udp')}`
    const sent = await runClient(command, args, { AWS_XRAY_DAEMON_ADDRESS: daemon })
    assert.equal(sent['rule'], 'all-of-test')
    const ofTrace = () => aws.segments.filter((segment) => segment['trace_id'] === sent['trace'])
    await waitFor(() => ofTrace().length > 0, 'the segment')
    assert.deepEqual(ofTrace().map(({ id, subsegments }) => [id, (subsegments as { id: string }[])[0]?.id]), [[
      sent['id'],
      sent['sub'],
    ]])
    assert.ok(aws.calls.some(({ path }) => path === '/GetSamplingRules'))
  })
}

test('every request has a valid signature, and no document is sent twice', () => {
  assert.deepEqual(aws.issues, [])
  assert.equal(new Set(aws.documents).size, aws.documents.length)
})
