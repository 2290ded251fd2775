import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { cloudwatchKeys } from '../src/foreign/cloudwatch-config.ts'
import { daemonKeys } from '../src/foreign/daemon-config.ts'
import { daemonFlags } from '../src/foreign/daemon-flags.ts'
import { AgentProcess, commandOf, type Runtime } from './support/agent-process.ts'
import { hex } from './support/otlp.ts'
import { sendSpans } from './support/send-spans.ts'
import { StandInAws } from './support/stand-in-aws.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-foreign-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const write = (name: string, content: string | object): string => {
  const path = join(folder, `${files++}-${name}`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
  return path
}
/** Ports are free ones where the config names none. */
const noPorts = {
  RONTGEN_OTLP_GRPC_PORT: '',
  RONTGEN_OTLP_HTTP_PORT: '',
  RONTGEN_XRAY_UDP_PORT: '',
  RONTGEN_XRAY_PROXY_PORT: '',
}

/** Starts an agent with a command line, and gives what its config is. */
async function configOf(line: readonly string[], env: Record<string, string> = {}) {
  const agent = await AgentProcess.start({ line, env })
  const { values } = await (await agent.admin('/config')).json()
  const { log } = agent
  await agent.stop()
  const config = new Map<string, string>(
    values.map(({ path, value }: { path: string; value: string }) => [path, value]),
  )
  return { config, log }
}

function run(...args: string[]) {
  const [program, ...first] = commandOf('binary')
  return spawnSync(program, [...first, ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
  })
}

const flagEffects: Readonly<Record<string, readonly [value: string, path: string, expected: string]>> = {
  a: ['arn:aws:ec2:us-west-2:1:instance/i-1', 'export.xray.resourceArn', '"arn:aws:ec2:us-west-2:1:instance/i-1"'],
  b: ['127.0.0.1:0', 'receive.xray.udp.host', '"127.0.0.1"'],
  t: ['127.0.0.1:0', 'receive.xray.proxy.host', '"127.0.0.1"'],
  f: [join(folder, 'logs/xray.log'), 'logFile', JSON.stringify(join(folder, 'logs/xray.log'))],
  l: ['dev', 'logLevel', '"debug"'],
  m: ['7', 'queue.maxMemory', '"7MiB"'],
  n: ['eu-central-1', 'export.xray.region', '"eu-central-1"'],
  o: ['true', 'export.xray.localMode', 'true'],
  p: ['http://127.0.0.1:3128', 'export.xray.proxy', '"http://127.0.0.1:3128"'],
  r: ['arn:aws:iam::123456789012:role/x', 'export.xray.roleArn', '"arn:aws:iam::123456789012:role/x"'],
}

for (const { short, long, kind } of daemonFlags) {
  const [value = '', path = '', expected] = flagEffects[short] ?? []
  const spellings = [
    ...(kind === 'on' ? [[`-${short}`], [`--${long}`]] : [[`-${short}`, value], [`-${long}`, value]]),
    [`-${short}=${value}`],
    ...(['region', 'role-arn', 'log-level'].includes(long) ? [] : [[`--${long}=${value}`]]),
  ]
  test(`the X-Ray daemon's flag -${short} does the same, in each of Go's spellings`, async () => {
    for (const spelling of spellings) {
      if (short === 'f') {
        const log = join(folder, 'logs/xray.log')
        rmSync(log, { force: true })
        const { child, kill } = await startSilently(spelling)
        await waitFor(() => readLog(log).includes('Started:'), 'the log file')
        assert.ok(child.exitCode === null)
        await kill()
        continue
      }
      const { config } = await configOf(spelling)
      assert.equal(config.get(path), expected, spelling.join(' '))
      assert.equal(config.get('receive.otlp.grpc'), 'false')
    }
  })
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** An agent whose log goes to a file. */
async function startSilently(line: readonly string[]) {
  const { spawn } = await import('node:child_process')
  const [program, ...first] = commandOf('binary')
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    RONTGEN_XRAY_UDP_PORT: '0',
    RONTGEN_XRAY_PROXY_PORT: '0',
    RONTGEN_ADMIN_PORT: '0',
    RONTGEN_QUEUE_DIR: join(folder, 'silent'),
  }
  const child = spawn(program, [...first, ...line], { stdio: 'ignore', env, cwd: folder })
  return {
    child,
    async kill() {
      child.kill('SIGTERM')
      await waitFor(() => child.exitCode !== null, 'the agent to end')
    },
  }
}

test("the X-Ray daemon's -v and -c, and its flags that are wrong", () => {
  assert.match(run('-n', 'us-west-2', '-v').stdout, /X-Ray daemon/)
  for (
    const [line, expected] of [
      [['-n'], /-n needs a value/],
      [['-m', 'much'], /-m is to be a number, not "much"/],
      [['-m', '2'], /TotalBufferSizeMB: it is to be 3 or more/],
      [['-b', '2000'], /"2000" is no address such as 127.0.0.1:2000/],
      [['-l', 'loud', '-n', 'us-west-2'], /"loud" is none of trace, dev/],
      [['-n', 'us-west-2', '-x', '1'], /"-x" is no flag of the X-Ray daemon/],
      [['-n', 'us-west-2', '-c', 'nowhere.yaml'], /nowhere.yaml: there is no such file/],
      [['-o=maybe'], /-o is to be true or false, not "maybe"/],
    ] as const
  ) {
    const { status, stderr } = run(...line)
    assert.ok(status === 64 || status === 78, `${line.join(' ')} exits ${status}`)
    assert.match(stderr, expected)
  }
})

for (const runtime of ['binary', 'deno'] as const) deliverySuite(runtime)

function deliverySuite(runtime: Runtime): void {
  test(`the X-Ray daemon's cfg.yaml (${runtime}), by -c and beside flags, brings UDP documents to X-Ray`, async () => {
    const aws = await new StandInAws().start()
    const yaml = write(
      'cfg.yaml',
      `Version: 2\nRegion: "us-west-2"\nEndpoint: "${aws.url}"\nSocket:\n  UDPAddress: "127.0.0.1:0"\n  TCPAddress: "127.0.0.1:0"\nLogging:\n  LogRotation: true\n  LogLevel: "prod"\n  LogPath: ""\nLocalMode: true\nTotalBufferSizeMB: 0\nConcurrency: 4\nResourceARN: "arn:aws:ec2:::i-1"\nRoleARN: ""\nProxyAddress: ""\nNoVerifySSL: false\n`,
    )
    for (const line of [['-c', yaml], ['--config', yaml, '-l', 'debug'], ['run', '-c', yaml]]) {
      const agent = await AgentProcess.start({
        runtime,
        line,
        env: { ...noPorts, AWS_HOSTNAME: 'host-1', AWS_INSTANCE_ID: 'i-1' },
      })
      const now = Math.floor(Date.now() / 1000)
      const document = {
        trace_id: `1-${now.toString(16)}-${hex(12)}`,
        id: hex(8),
        name: 'udp',
        start_time: now,
        end_time: now + 1,
      }
      const socket = createSocket('udp4')
      socket.send(`{"format": "json", "version": 1}\n${JSON.stringify(document)}`, agent.port('xray.udp'), '127.0.0.1')
      await waitFor(() => aws.segments.some(({ id }) => id === document.id), 'the document')
      socket.close()
      assert.throws(() => agent.address('otlp.http'))
      await agent.stop()
    }
    const told = aws.calls.find(({ path }) => path === '/TelemetryRecords')
    const { ResourceARN, Hostname, EC2InstanceId } = JSON.parse(told?.body ?? '{}')
    assert.deepEqual([ResourceARN, Hostname, EC2InstanceId], ['arn:aws:ec2:::i-1', 'host-1', 'i-1'])
    assert.deepEqual(aws.flaws, [])
    await aws.stop()
  })

  test(`the CloudWatch agent's config (${runtime}) listens where it says, and brings spans to X-Ray`, async () => {
    const aws = await new StandInAws().start()
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
    assert.match(agent.log, /WARN {2}\S+cw\.json: metrics is not collected here/)
    for (const name of ['otlp.grpc', 'otlp.http.2', 'otlp.grpc.3', 'otlp.http.3', 'xray.udp', 'xray.proxy']) {
      assert.match(agent.address(name), /^127\.0\.0\.1:\d+$/)
    }
    assert.throws(() => agent.address('otlp.http'))
    const ids = await sendSpans(agent, 20, 'otlp.http.3')
    await waitFor(() => aws.documents.length >= ids.length, 'the documents')
    await agent.stop()
    assert.deepEqual(aws.flaws, [])
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

test("listeners of the CloudWatch agent's config are those that it names", () => {
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

test("each key of the CloudWatch agent's config that means nothing here is said", () => {
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

test('every key of both schemas is honoured or named in the table', () => {
  // Of the schema that the CloudWatch agent checks its config by.
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
  // Of the daemon's cfg.yaml.
  const daemon = [
    'Version',
    'Socket.UDPAddress',
    'Socket.TCPAddress',
    'Region',
    'Endpoint',
    'RoleARN',
    'ResourceARN',
    'ProxyAddress',
    'NoVerifySSL',
    'LocalMode',
    'Concurrency',
    'TotalBufferSizeMB',
    'Logging.LogPath',
    'Logging.LogLevel',
    'Logging.LogRotation',
    'ProxyServer',
    'CPUProfile',
    'MemProfile',
  ]
  assert.deepEqual(daemonKeys.map(({ key }) => key).toSorted(), daemon.toSorted())
  for (const { key, to, said } of [...cloudwatchKeys, ...daemonKeys]) {
    assert.ok(to !== undefined || said !== undefined, key)
  }
})

test('a config of the CloudWatch agent with ten mistakes gives ten messages', () => {
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

test('configs of the CloudWatch agent in a folder, and in NAME.d, are merged; two that differ are refused', () => {
  const at = join(folder, `merged-${files++}`)
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
    /2\.json: traces\.concurrency is 3, and 2 in a file before it/,
  )
})

test('CW_CONFIG_CONTENT is the config where there is no other', async () => {
  const content = JSON.stringify({
    traces: { traces_collected: { otlp: { http_endpoint: '127.0.0.1:0' } }, region_override: 'us-west-2' },
  })
  const { config } = await configOf(['run'], { ...noPorts, CW_CONFIG_CONTENT: content })
  assert.equal(config.get('export.xray.region'), '"us-west-2"')
})

test('configs of others that are none at all are told in a line', () => {
  for (
    const [name, text, expected] of [
      ['a.yaml', '- 1\n', /Version is missing/],
      ['b.yaml', 'Version: 2\nRegion: [x\n', /it is no YAML/],
      ['c.yaml', '', /Version is missing/],
      ['d.json', '[]', /traces is missing/],
      ['e.json', '{"metrics":{}}', /traces is missing/],
      ['f.json', '{"traces":{"traces_collected":{}}}', /at least one of xray and otlp/],
      ['g.json', '{"traces":{"traces_collected":{"otlp":[]}}}', /the list is empty/],
      ['h.json', '{', /it is no JSON/],
      ['i.json', '{"traces":{"traces_collected":{"otlp":{"grpc_endpoint":"localhost"}}}}', /"localhost" is no address/],
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
        /it is no YAML|Version is missing/,
      ],
    ] as const
  ) {
    const { status, stderr } = run('validate', write(name, text))
    assert.equal(status, 78, `${name}: ${stderr}`)
    assert.match(stderr, expected)
  }
})
