import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cloudwatchKeys } from '../src/compat/cloudwatch-config.ts'
import { AgentProcess } from './support/agent-process.ts'
import { compatFolder, configOf, noPorts } from './support/compat-folder.ts'
import { sendSpans } from './support/send-spans.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const { folder, write, run } = compatFolder()

for (const runtime of ['binary', 'deno'] as const) {
  test(`the CloudWatch agent's config (${runtime}) sets the listeners, and sends spans to X-Ray`, async () => {
    const aws = await new FakeXray().start()
    const config = {
      agent: { region: 'us-west-2', metrics_collection_interval: 60 },
      metrics: { metrics_collected: {} },
      traces: {
        traces_collected: {
          xray: { bind_address: '127.0.0.1:0', tcp_proxy: { bind_address: '127.0.0.1:0' } },
          otlp: [{ grpc_endpoint: '127.0.0.1:0' }, { http_endpoint: '127.0.0.1:0' }, {
            grpc_endpoint: '127.0.0.1:0',
            http_endpoint: '127.0.0.1:0',
          }],
        },
        endpoint_override: aws.url,
        concurrency: 2,
        buffer_size_mb: 3,
      },
    }
    const path = write('cw.json', config)
    const agent = await AgentProcess.start({ runtime, line: ['run', '-c', path], env: noPorts })
    assert.match(agent.log, /WARN {2}\S+cw\.json: metrics is not collected/)
    for (const name of ['otlp.grpc', 'otlp.http.2', 'otlp.grpc.3', 'otlp.http.3', 'xray.udp', 'xray.proxy']) {
      assert.match(agent.address(name), /^127\.0\.0\.1:\d+$/)
    }
    assert.throws(() => agent.address('otlp.http'))
    const ids = await sendSpans(agent, 20, 'otlp.http.3')
    await waitFor(() => aws.documents.length >= ids.length, 'the documents')
    await agent.stop()
    assert.deepEqual(aws.issues, [])
    await aws.stop()
  })
}

const cloudwatchEffects: readonly (readonly [traces: object, path: string, expected: string, agent?: object])[] = [
  [{ concurrency: 3 }, 'export.xray.concurrency', '3'],
  [{ buffer_size_mb: 9 }, 'queue.maxMemory', '"9MiB"'],
  [{ resource_arn: 'arn:x' }, 'export.xray.resourceArn', '"arn:x"'],
  [{ local_mode: true }, 'export.xray.localMode', 'true'],
  [{ insecure: true }, 'export.xray.insecure', 'true'],
  [
    { credentials: { role_arn: 'arn:aws:iam::123456789012:role/a' } },
    'export.xray.roleArn',
    '"arn:aws:iam::123456789012:role/a"',
  ],
  [{ proxy_override: 'http://proxy:1' }, 'export.xray.proxy', '"http://proxy:1"'],
  [{ endpoint_override: 'https://vpce.example' }, 'export.xray.endpoint', '"https://vpce.example"'],
  [{ region_override: 'ap-south-1' }, 'export.xray.region', '"ap-south-1"', { region: 'us-east-1' }],
  [{}, 'export.xray.region', '"us-east-1"', { region: 'us-east-1' }],
  [{}, 'export.xray.roleArn', '"arn:aws:iam::123456789012:role/b"', {
    credentials: { role_arn: 'arn:aws:iam::123456789012:role/b' },
  }],
  [{}, 'logLevel', '"debug"', { debug: true }],
  [{}, 'logLevel', '"error"', { quiet: true }],
]

test("each key of the CloudWatch agent's config has its effect", () => {
  for (const [traces, path, expected, agent] of cloudwatchEffects) {
    const file = write('cw.json', { agent, traces: { traces_collected: { xray: {} }, ...traces } })
    const { stdout, stderr } = run('print-config', file)
    assert.equal(stderr, '')
    const value = path.split('.').reduce((at, key) => at?.[key], JSON.parse(stdout))
    assert.equal(JSON.stringify(value), path === 'queue.maxMemory' ? String(9 << 20) : expected, path)
  }
})

test("the CloudWatch agent's config turns on the listeners that it names, and no others", () => {
  const receive = (collected: object) => {
    const { stdout } = run('print-config', write('cw.json', { traces: { traces_collected: collected } }))
    return JSON.parse(stdout).receive
  }
  assert.equal(receive({ xray: {} }).xray.udp.port, 2000)
  assert.equal(receive({ xray: {} }).otlp.grpc, false)
  assert.equal(receive({ otlp: {} }).otlp.grpc.port, 4317)
  assert.equal(receive({ otlp: {} }).otlp.http.port, 4318)
  assert.equal(receive({ otlp: {} }).xray.udp, false)
  assert.equal(receive({ otlp: { http_endpoint: '0.0.0.0:4000' } }).otlp.grpc, false)
  assert.equal(receive({ otlp: { http_endpoint: ':4000' } }).otlp.http.host, '0.0.0.0')
  const tls = { cert_file: '/c.pem', key_file: '/k.pem', ca_file: '/ca.pem' }
  assert.deepEqual(receive({ otlp: { grpc_endpoint: '[::1]:4000', tls } }).otlp.grpc.tls, {
    cert: '/c.pem',
    key: '/k.pem',
    clientCa: '/ca.pem',
  })
})

test("each key of the CloudWatch agent's config without a counterpart is reported", () => {
  const file = write('cw.json', {
    agent: Object.fromEntries(
      [
        'aws_sdk_log_level',
        'usage_data',
        'run_as_user',
        'metrics_collection_interval',
        'internal',
        'omit_hostname',
        'service.name',
        'deployment.environment',
        'user_agent',
      ].map((key) => [key, 'x']),
    ),
    metrics: {},
    logs: {},
    csm: {},
    traces: {
      traces_collected: {
        otlp: { 'service.name': 'x', 'deployment.environment': 'y', tls: { insecure: true } },
        app_signals: {},
        application_signals: {},
      },
      transit_spans_in_otlp_format: true,
    },
  })
  const { stderr } = run('validate', file)
  for (const { key, to } of cloudwatchKeys) {
    if (to === undefined) assert.ok(stderr.includes(`${key} `), `${key} in ${stderr}`)
  }
})

test("every key of the CloudWatch agent's schema has a counterpart or a note", () => {
  // From the schema by which the CloudWatch agent checks its config.
  const traces = [
    'concurrency',
    'buffer_size_mb',
    'resource_arn',
    'local_mode',
    'insecure',
    'credentials.role_arn',
    'proxy_override',
    'endpoint_override',
    'region_override',
    'transit_spans_in_otlp_format',
    'traces_collected.xray.bind_address',
    'traces_collected.xray.tcp_proxy.bind_address',
    'traces_collected.otlp.grpc_endpoint',
    'traces_collected.otlp.http_endpoint',
    'traces_collected.otlp.tls.cert_file',
    'traces_collected.otlp.tls.key_file',
    'traces_collected.otlp.tls.ca_file',
    'traces_collected.otlp.tls.insecure',
    'traces_collected.otlp.service.name',
    'traces_collected.otlp.deployment.environment',
    'traces_collected.app_signals',
    'traces_collected.application_signals',
  ]
  const known = new Set(cloudwatchKeys.map(({ key }) => key))
  assert.deepEqual(traces.filter((key) => !known.has(`traces.${key}`)), [])
  for (const { key, to, note } of cloudwatchKeys) assert.ok(to !== undefined || note !== undefined, key)
})

test('a config of the CloudWatch agent with ten errors is rejected with ten messages', () => {
  const file = write('cw.json', {
    traces: {
      traces_collected: {
        xray: { bind: '127.0.0.1:2000', tcp_proxy: { bind_address: 5 } },
        otlp: { grpc_endpont: 'x' },
      },
      concurrency: 0,
      buffer_size_mb: 1,
      local_mode: 'yes',
      insecure: 1,
      credentials: { role_arn: 'short' },
      endpoint_overide: 'x',
      region_override: 7,
    },
  })
  const { status, stderr } = run('validate', file)
  assert.equal(status, 78)
  const lines = stderr.trim().split('\n')
  assert.equal(lines.length, 10, stderr)
  assert.match(stderr, /:5: traces\.traces_collected\.xray\.bind is not known; known here: bind_address, tcp_proxy/)
  assert.match(stderr, /:16: traces\.local_mode is "yes", expected true or false/)
  assert.match(stderr, /traces\.endpoint_overide is not known; did you mean "traces\.endpoint_override"\?/)
})

test('configs of the CloudWatch agent in a folder, and in NAME.d, are merged; contradictions are rejected', () => {
  const at = join(folder, 'merged')
  mkdirSync(join(at, 'agent.d'), { recursive: true })
  const put = (name: string, content: object): void => writeFileSync(join(at, name), JSON.stringify(content))
  put('agent.json', { agent: { region: 'us-west-2' }, traces: { traces_collected: { xray: {} } } })
  put('agent.d/1.json', { traces: { traces_collected: { otlp: { http_endpoint: '127.0.0.1:5000' } }, concurrency: 2 } })
  const merged = JSON.parse(run('print-config', join(at, 'agent.json')).stdout)
  assert.equal(merged.receive.otlp.http.port, 5000)
  assert.equal(merged.receive.xray.udp.port, 2000)
  assert.equal(merged.export.xray.concurrency, 2)
  copyFileSync(join(at, 'agent.json'), join(at, 'agent.d/0.json'))
  assert.equal(JSON.parse(run('print-config', join(at, 'agent.d')).stdout).export.xray.region, 'us-west-2')
  put('agent.d/2.json', { traces: { concurrency: 3 } })
  assert.match(
    run('validate', join(at, 'agent.d')).stderr,
    /2\.json: traces\.concurrency is 3, and 2 in an earlier file/,
  )
})

test('CW_CONFIG_CONTENT is the config if no file is named', async () => {
  const content = JSON.stringify({
    traces: { traces_collected: { otlp: { http_endpoint: '127.0.0.1:0' } }, region_override: 'us-west-2' },
  })
  const config = await configOf(['run'], { ...noPorts, CW_CONFIG_CONTENT: content })
  assert.equal(config.get('export.xray.region'), '"us-west-2"')
})

test('malformed configs of other programs are rejected with the reason', () => {
  for (
    const [name, text, expected] of [
      ['a.yaml', '- 1\n', /Version is missing/],
      ['b.yaml', 'Version: 2\nRegion: [x\n', /not valid YAML/],
      ['c.yaml', '', /Version is missing/],
      ['d.json', '[]', /traces is missing/],
      ['e.json', '{"metrics":{}}', /traces is missing/],
      ['f.json', '{"traces":{"traces_collected":{}}}', /at least one of xray and otlp/],
      ['g.json', '{"traces":{"traces_collected":{"otlp":[]}}}', /the list is empty/],
      ['h.json', '{', /not valid JSON/],
      [
        'i.json',
        '{"traces":{"traces_collected":{"otlp":{"grpc_endpoint":"localhost"}}}}',
        /"localhost" is not an address/,
      ],
      [
        'j.json',
        '{"traces":{"traces_collected":{"xray":{}},"region_override":"mars"}}',
        /is "mars", expected a region/,
      ],
      [
        'k.yaml',
        `a: &a [x,x,x,x,x,x,x,x,x]\n${
          'bcdefgh'.split('').map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`).join(
            '\n',
          )
        }\n`,
        /not valid YAML|Version is missing/,
      ],
    ] as const
  ) {
    const { status, stderr } = run('validate', write(name, text))
    assert.equal(status, 78, `${name}: ${stderr}`)
    assert.match(stderr, expected)
  }
})
