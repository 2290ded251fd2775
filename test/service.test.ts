import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { systemdUnit } from '../src/service/systemd-unit.ts'
import { AgentProcess, commandOf, type Runtime } from './support/agent-process.ts'
import { waitFor } from './support/wait-for.ts'

const execute = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'rontgen-service-'))
after(() => rmSync(folder, { recursive: true }))

/** Creates folders for the state and configs of a test, and a function that runs the program with them. */
async function createFolders(runtime: Runtime, name: string) {
  const dir = mkdtempSync(join(folder, `${name}-`))
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'],
    HOME: dir,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-west-2',
    RONTGEN_STATE_DIR: join(dir, 'state'),
    RONTGEN_CONFIG_DIR: join(dir, 'etc'),
    RONTGEN_QUEUE_DIR: join(dir, 'spool'),
    RONTGEN_OTLP_GRPC_PORT: '0',
    RONTGEN_OTLP_HTTP_PORT: '0',
    RONTGEN_XRAY_UDP_PORT: '0',
    RONTGEN_XRAY_PROXY_PORT: '0',
    RONTGEN_ADMIN_PORT: String(port),
  }
  const [program, ...first] = commandOf(runtime)
  const run = async (args: readonly string[], more: Record<string, string> = {}) => {
    try {
      const { stdout, stderr } = await execute(program, [...first, ...args], { cwd: dir, env: { ...env, ...more } })
      return { code: 0, stdout, stderr }
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string } // of execFile
      return { code, stdout, stderr }
    }
  }
  return { dir, run }
}

async function freePort(): Promise<number> {
  const server = createTcp()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens
  await new Promise((resolve) => server.close(resolve))
  return port
}

for (const runtime of ['binary', 'deno'] as const) {
  test(`start, status, logs, restart and stop run the agent in the background (${runtime})`, async () => {
    const { dir, run } = await createFolders(runtime, 'process')
    assert.equal((await run(['healthcheck'])).code, 69)
    assert.match((await run(['stop'])).stderr, /The agent does not run/)
    assert.match((await run(['start'])).stdout, /Started as a process in the background/)
    assert.equal((await run(['healthcheck'])).stdout, 'ready\n')
    const pid = (): number => Number(readFileSync(join(dir, 'state/rontgen.pid'), 'utf8'))
    const first = pid()
    assert.match((await run(['status'])).stdout, new RegExp(`process ${first}`))
    assert.match((await run(['start'])).stderr, /The agent already runs/)
    assert.match((await run(['logs'])).stdout, /INFO {2}Started: rontgen/)
    writeFileSync(
      join(dir, 'config.ts'),
      "import { defineConfig } from 'rontgen'\nexport default defineConfig({ queue: { maxAge: 7 } })\n",
    )
    const wrong = await run(['restart'])
    assert.equal(wrong.code, 78)
    assert.equal(pid(), first)
    assert.equal((await run(['healthcheck'], { RONTGEN_CONFIG: '' })).code, 78)
    rmSync(join(dir, 'config.ts'))
    assert.equal((await run(['restart'])).code, 0)
    assert.notEqual(pid(), first)
    assert.equal((await run(['stop'])).stdout, 'Stopped\n')
    assert.equal((await run(['healthcheck'])).code, 69)
    // A stale pid file whose id belongs to another program is ignored.
    writeFileSync(join(dir, 'state/rontgen.pid'), `${process.pid}\n`)
    assert.match((await run(['stop'])).stderr, /The agent does not run/)
  })
}

test('start prints the log of an agent that does not start', async () => {
  const { dir, run } = await createFolders('binary', 'failing')
  writeFileSync(
    join(dir, 'config.ts'),
    "import { defineConfig } from 'rontgen'\nexport default defineConfig({ receive: { otlp: { http: { host: '192.0.2.1' } } } })\n",
  )
  const { code, stderr } = await run(['start'])
  assert.equal(code, 69)
  assert.match(stderr, /did not start: it exited with \d+\n[^]*192\.0\.2\.1/)
})

const traces = (more: object = {}): string =>
  JSON.stringify({
    traces: {
      traces_collected: { xray: { bind_address: '127.0.0.1:0', tcp_proxy: { bind_address: '127.0.0.1:0' } } },
      ...more,
    },
  })

test('ctl fetches, appends and removes configs, keeps the valid ones, and prints the status of amazon-cloudwatch-agent-ctl', async () => {
  const { dir, run } = await createFolders('binary', 'ctl')
  const config = join(dir, 'first.json')
  const status = async () => JSON.parse((await run(['ctl', '-a', 'status'])).stdout)
  const before = await status()
  assert.deepEqual(Object.keys(before).slice(0, 4), ['status', 'starttime', 'configstatus', 'version'])
  assert.deepEqual([before.status, before.starttime, before.configstatus], ['stopped', '', 'not configured'])
  assert.match((await run(['ctl', '-a', 'start'])).stderr, /There is no config/)

  writeFileSync(config, traces({ concurrency: 3 }))
  assert.equal((await run(['ctl', '-a', 'fetch-config', '-m', 'ec2', '-s', '-c', `file:${config}`])).code, 0)
  const running = await status()
  assert.deepEqual([running.status, running.configstatus], ['running', 'configured'])
  assert.ok(!Number.isNaN(Date.parse(running.starttime)))
  const pid = readFileSync(join(dir, 'state/rontgen.pid'), 'utf8')

  writeFileSync(config, traces({ concurrency: 0, buffer_size_mb: 1, regoin: 'x' }))
  for (const action of ['fetch-config', 'append-config']) {
    const { code, stderr } = await run(['ctl', '-a', action, '-s', '-c', `file:${config}`])
    assert.equal(code, 1)
    assert.match(stderr, /traces\.regoin is not known/)
    assert.match(stderr, /traces\.concurrency is 0, expected at least 1/)
  }
  assert.equal(readFileSync(join(dir, 'state/rontgen.pid'), 'utf8'), pid)
  const shown = async () => JSON.parse((await run(['print-config', join(dir, 'etc/cloudwatch.d')])).stdout)
  assert.equal((await shown()).export.xray.concurrency, 3)

  const more = join(dir, 'more.json')
  writeFileSync(more, JSON.stringify({ traces: { traces_collected: { otlp: { http_endpoint: '127.0.0.1:0' } } } }))
  assert.equal((await run(['ctl', '-a', 'append-config', '-m', 'onPremise', '-c', `file:${more}`])).code, 0)
  assert.equal((await shown()).receive.otlp.http.port, 0)
  assert.equal((await shown()).export.xray.localMode, true)
  assert.equal((await run(['ctl', '-a', 'set-log-level', '-l', 'debug', '-s'])).code, 0)
  assert.equal((await shown()).logLevel, 'debug')
  assert.equal((await run(['ctl', '-a', 'remove-config', '-c', `file:${more}`])).code, 0)
  assert.equal((await shown()).receive.otlp.http, false)
  assert.match((await run(['ctl', '-a', 'remove-config', '-c', 'file:none.json'])).stderr, /There is no config from/)
  assert.equal((await run(['ctl', '-a', 'stop'])).code, 0)
  assert.equal((await status()).status, 'stopped')
  assert.equal((await run(['ctl', '-a', 'remove-config', '-c', 'all'])).code, 0)
  assert.equal((await status()).configstatus, 'not configured')
  for (
    const wrong of [['-a', 'dance'], ['-a', 'status', '-m', 'moon'], ['-a', 'set-env'], ['-a', 'fetch-config'], [
      '-a',
      'set-log-level',
      '-l',
      'loud',
    ]]
  ) {
    assert.equal((await run(['ctl', ...wrong])).code, 1, wrong.join(' '))
  }
})

test('ctl fetches a config from the Parameter Store', async () => {
  const { run } = await createFolders('binary', 'ssm')
  const requests: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      requests.push(`${request.headers['x-amz-target']} ${body} ${request.headers.authorization?.slice(0, 16)}`)
      const isThere = body.includes('"/rontgen/traces"')
      response.statusCode = isThere ? 200 : 400
      response.end(JSON.stringify(isThere ? { Parameter: { Value: traces() } } : { __type: 'ParameterNotFound' }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = { AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } // it listens
  assert.equal((await run(['ctl', '-a', 'fetch-config', '-c', 'ssm:/rontgen/traces'], endpoint)).code, 0)
  assert.match(requests[0] ?? '', /^AmazonSSM\.GetParameter .*"WithDecryption":true.* AWS4-HMAC-SHA256$/)
  const { code, stderr } = await run(['ctl', '-a', 'fetch-config', '-c', 'ssm:none'], endpoint)
  assert.equal(code, 1)
  assert.match(stderr, /answered 400 for "none": ParameterNotFound/)
  server.close()
})

test('systemdUnit() quotes the names of the executable and the config', () => {
  const unit = systemdUnit({ program: '/opt/my tools/rontgen', config: '/etc/100%/config.ts' })
  assert.match(unit, /^ExecStart="\/opt\/my tools\/rontgen" run --config \/etc\/100%%\/config\.ts$/m)
})

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0
test('systemd-analyze accepts the unit, and its confinement', {
  skip: hasAnalyze ? false : 'systemd-analyze is not installed',
}, () => {
  const file = join(folder, 'rontgen.service')
  writeFileSync(file, systemdUnit({ program: commandOf('binary')[0], config: undefined }))
  const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
  assert.equal(verified.status, 0, verified.stderr)
  assert.equal(verified.stderr, '')
  const security = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=25', file], {
    encoding: 'utf8',
  })
  assert.equal(security.status, 0, security.stdout)
})

const hasMounts = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0
test('start, restart and stop manage a systemd unit where systemd runs the machine', {
  skip: hasMounts ? false : 'unshare and mount may not make a tmpfs here',
}, () => {
  const dir = mkdtempSync(join(folder, 'systemd-'))
  const log = join(dir, 'systemctl.log')
  writeFileSync(
    join(dir, 'systemctl'),
    `#!/bin/sh\necho "$*" >> ${log}\ncase "$*" in *ActiveEnter*) echo 'Sun 2026-11-22 12:00:00 UTC' ;; esac\n`,
    { mode: 0o755 },
  )
  const program = commandOf('binary')[0]
  const script = [
    'set -e',
    'mount -t tmpfs none /run && mkdir -p /run/systemd/system',
    'mount -t tmpfs none /etc/systemd && mkdir /etc/systemd/system',
    `cd ${dir}`,
    `${program} start`,
    'cat /etc/systemd/system/rontgen.service',
    `${program} restart`,
    `${program} ctl -a status`,
    `${program} stop`,
  ].join('\n')
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
    encoding: 'utf8',
    env: { PATH: `${dir}:${process.env['PATH']}`, HOME: dir, RONTGEN_CONFIG_DIR: join(dir, 'etc') },
  })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^Started as the systemd unit rontgen\.service$/m)
  assert.ok(stdout.includes(systemdUnit({ program, config: undefined })))
  assert.match(stdout, /"starttime": "2026-11-22T12:00:00\.000Z"/)
  const calls = readFileSync(log, 'utf8').split('\n').filter((line) => line !== '' && !/is-active|show/.test(line))
  assert.deepEqual(calls, [
    'daemon-reload',
    'enable --quiet rontgen.service',
    'restart rontgen.service',
    'stop rontgen.service',
    'enable --quiet rontgen.service',
    'restart rontgen.service',
    'stop rontgen.service',
  ])
})

test('the agent notifies systemd that it is ready, alive and stopping', async () => {
  const dir = mkdtempSync(join(folder, 'notify-'))
  const log = join(dir, 'notify.log')
  writeFileSync(log, '')
  writeFileSync(join(dir, 'systemd-notify'), `#!/bin/sh\necho "$*" >> ${log}\n`, { mode: 0o755 })
  const agent = await AgentProcess.start({
    env: { PATH: `${dir}:${process.env['PATH']}`, NOTIFY_SOCKET: '/run/none', WATCHDOG_USEC: '200000' },
  })
  const notifications = (): string[] => readFileSync(log, 'utf8').trim().split('\n')
  await waitFor(() => notifications().filter((line) => line === 'WATCHDOG=1').length > 2, 'the watchdog')
  assert.equal(notifications()[0], '--ready')
  await agent.stop()
  assert.ok(notifications().includes('STOPPING=1'))
})
