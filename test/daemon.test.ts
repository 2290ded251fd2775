import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import { test } from 'node:test'
import { daemonKeys } from '../src/compat/daemon-config.ts'
import { daemonFlags } from '../src/compat/daemon-flags.ts'
import { AgentProcess, commandOf } from './support/agent-process.ts'
import { compatFolder, configOf, noPorts } from './support/compat-folder.ts'
import { hex } from './support/otlp.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const { folder, write, run } = compatFolder()

const flagEffects: Readonly<Record<string, readonly [value: string, path: string, expected: string]>> = {
  a: ['arn:aws:ec2:us-west-2:1:instance/i-1', 'export.xray.resourceArn', '"arn:aws:ec2:us-west-2:1:instance/i-1"'],
  b: ['127.0.0.2:0', 'receive.xray.udp.host', '"127.0.0.2"'],
  t: ['127.0.0.2:0', 'receive.xray.proxy.host', '"127.0.0.2"'],
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
  test(`the X-Ray daemon's flag -${short} has its effect in each of Go's spellings`, async () => {
    for (const spelling of spellings) {
      if (short === 'f') {
        const log = join(folder, 'logs/xray.log')
        rmSync(log, { force: true })
        const { child, kill } = await startWithLogFile(spelling)
        await waitFor(() => readLog(log).includes('Started:'), 'the log file')
        assert.ok(child.exitCode === null)
        await kill()
        continue
      }
      const config = await configOf(spelling)
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

/** Starts an agent that logs to a file. */
async function startWithLogFile(line: readonly string[]) {
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

test("the X-Ray daemon's -v prints the version, and invalid flags are rejected", () => {
  assert.match(run('-n', 'us-west-2', '-v').stdout, /X-Ray daemon/)
  for (
    const [line, expected] of [
      [['-n'], /-n needs a value/],
      [['-m', 'much'], /-m must be a number, not "much"/],
      [['-m', '2'], /TotalBufferSizeMB: it must be 3 or more/],
      [['-b', '2000'], /"2000" is not an address such as 127.0.0.1:2000/],
      [['-l', 'loud', '-n', 'us-west-2'], /"loud" must be one of trace, dev/],
      [['-n', 'us-west-2', '-x', '1'], /"-x" is not a flag of the X-Ray daemon/],
      [['-n', 'us-west-2', '-c', 'nowhere.yaml'], /nowhere.yaml: there is no such file/],
      [['-o=maybe'], /-o must be true or false, not "maybe"/],
    ] as const
  ) {
    const { status, stderr } = run(...line)
    assert.ok(status === 64 || status === 78, `${line.join(' ')} exits ${status}`)
    assert.match(stderr, expected)
  }
})
for (const runtime of ['binary', 'deno'] as const) {
  test(`the X-Ray daemon's cfg.yaml (${runtime}), by -c and with flags, sends UDP documents to X-Ray`, async () => {
    const aws = await new FakeXray().start()
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
    const call = aws.calls.find(({ path }) => path === '/TelemetryRecords')
    const { ResourceARN, Hostname, EC2InstanceId } = JSON.parse(call?.body ?? '{}')
    assert.deepEqual([ResourceARN, Hostname, EC2InstanceId], ['arn:aws:ec2:::i-1', 'host-1', 'i-1'])
    assert.deepEqual(aws.issues, [])
    await aws.stop()
  })
}

test('the program runs as the X-Ray daemon if it is called xray', async () => {
  const link = join(folder, 'xray')
  symlinkSync(commandOf('binary')[0], link)
  const agent = await AgentProcess.start({ line: [], wrap: ['sh', '-c', `exec ${link} "$@"`] })
  assert.match(agent.log, /sending to AWS X-Ray/)
  assert.match(agent.address('xray.udp'), /^127\.0\.0\.1:\d+$/)
  assert.throws(() => agent.address('otlp.http'))
  await agent.stop()
})

test('every key of cfg.yaml has a counterpart or a note', () => {
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
  for (const { key, to, note } of daemonKeys) assert.ok(to !== undefined || note !== undefined, key)
})
