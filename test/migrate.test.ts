import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { commandOf } from './support/agent-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-migrate-'))
after(() => rmSync(folder, { recursive: true }))

/** Creates a folder with files, and a function that runs the program in it. */
function createFolder(files: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(join(folder, 'files-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  const [program, ...first] = commandOf('binary')
  const run = (...args: string[]) =>
    spawnSync(program, [...first, ...args], {
      cwd: dir,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: dir },
    })
  return { dir, run, config: () => readFileSync(join(dir, 'config.ts'), 'utf8') }
}

const packaged = `[Unit]
Description=AWS X-Ray Daemon

[Service]
Type=exec
User=xray
ExecStart=/usr/bin/xray -f /var/log/xray/xray.log -b "0.0.0.0:2001"
Restart=always
`
const daemon = `Version: 2
Region: "eu-west-1"
Concurrency: 4
TotalBufferSizeMB: 24
Socket:
  UDPAddress: "127.0.0.1:2111"
  TCPAddress: "127.0.0.1:2112"
Logging:
  LogLevel: "prod"
ProxyServer:
  MaxIdleConnsPerHost: 2
`

test("migrate converts the X-Ray daemon's file and unit into one equivalent config", () => {
  const { run, config } = createFolder({ 'cfg.yaml': daemon, 'xray.service': packaged })
  const { status, stderr } = run('migrate', 'cfg.yaml', 'xray.service')
  assert.equal(status, 0, stderr)
  assert.match(stderr, /^cfg\.yaml: ProxyServer/)
  const text = config()
  assert.match(text, /^\/\/ From cfg\.yaml, xray\.service, by rontgen migrate\.$/m)
  assert.match(text, /udp: \{ host: '0\.0\.0\.0', port: 2001 \}/)
  assert.match(text, /proxy: \{ host: '127\.0\.0\.1', port: 2112 \}/)
  assert.match(text, /export: \{ xray: \{ region: 'eu-west-1', concurrency: 4 \} \}/)
  assert.match(text, /logFile: '\/var\/log\/xray\/xray\.log'/)
  assert.match(text, /^\/\/ - cfg\.yaml: ProxyServer/m)
  assert.equal(run('validate').status, 0)
  assert.match(run('migrate', 'cfg.yaml', 'xray.service', '--check').stdout, /is equivalent to/)
  const other = run('migrate', 'cfg.yaml', '--check')
  assert.equal(other.status, 65)
  assert.match(other.stderr, /receive\.xray\.udp\.port: 2111 in cfg\.yaml, 2001 in config\.ts/)
  assert.match(run('migrate', 'cfg.yaml').stderr, /config\.ts already exists/)
  assert.equal(run('migrate', 'cfg.yaml', '--force').status, 0)
})

test("migrate reads a daemon's command line", () => {
  const { run } = createFolder({})
  const { stdout, stderr } = run(
    'migrate',
    '--line',
    "/xray -t 0.0.0.0:2000 -b 0.0.0.0:2000 -n 'us-west-2' -o",
    '-o',
    '-',
  )
  assert.equal(stderr, '')
  assert.match(stdout, /udp: \{ host: '0\.0\.0\.0', port: 2000 \}/)
  assert.match(stdout, /xray: \{ region: 'us-west-2', localMode: true \}/)
  assert.match(run('migrate', '--line', 'xray -m lots').stderr, /-m must be a number/)
})

test("migrate converts the CloudWatch agent's JSON, and a Collector's YAML with awsxray, into valid configs", () => {
  const cloudwatch = {
    agent: { region: 'us-east-1' },
    logs: {},
    traces: {
      traces_collected: { otlp: [{ grpc_endpoint: '0.0.0.0:4317' }, { http_endpoint: '127.0.0.1:5318' }] },
      credentials: { role_arn: "arn:aws:iam::123456789012:role/it's" },
    },
  }
  const collector = `receivers:
  otlp:
    protocols:
      grpc: { endpoint: "0.0.0.0:4317", tls: { cert_file: /c.pem, key_file: /k.pem, client_ca_file: /ca.pem } }
      http: { cors: { allowed_origins: ["https://*.example.com"] } }
  awsxray: { endpoint: "0.0.0.0:2000", transport: udp }
  prometheus: {}
processors: { batch: {}, tail_sampling: {} }
exporters:
  awsxray: { region: us-west-2, indexed_attributes: [order.id], request_timeout_seconds: 7, middleware: x }
  debug: {}
service: { pipelines: { traces: {}, metrics: {} } }
`
  for (
    const [file, text, expected, notes] of [
      ['cw.json', JSON.stringify(cloudwatch), [
        /additional: \[/,
        /roleArn: 'arn:aws:iam::123456789012:role\/it\\'s'/,
        /xray: \{ proxy: false, udp: false \}/,
      ], 1],
      ['col.yaml', collector, [
        /clientCa: '\/ca\.pem'/,
        /indexedAttributes: \['order\.id'\]/,
        /timeout: '7s'/,
        /allowedOrigins/,
      ], 5],
    ] as const
  ) {
    const { run, config } = createFolder({ [file]: text })
    const { status, stderr } = run('migrate', file)
    assert.equal(status, 0, stderr)
    for (const pattern of expected) assert.match(config(), pattern)
    assert.equal(stderr.trim().split('\n').length, notes, stderr)
    assert.equal(run('validate').status, 0)
    assert.equal(run('migrate', file, '--check').status, 0)
  }
})

test("migrate makes each awsxray exporter of a Collector's pipelines an exporter of its own", () => {
  const collector = `receivers: { otlp: { protocols: { grpc: {} } } }
exporters:
  awsxray/two: { region: us-east-1, no_verify_ssl: true }
  awsxray/eu-west: { region: eu-west-1 }
  awsxray/local:
  awsxray: { region: us-west-2 }
  awsxray/unused: { region: ca-central-1 }
  debug: {}
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [awsxray, awsxray/two, awsxray/eu-west, awsxray/local, debug] }
`
  const { dir, run, config } = createFolder({ 'col.yaml': collector })
  const { status, stderr } = run('migrate', 'col.yaml')
  assert.equal(status, 0, stderr)
  assert.deepEqual(stderr.trim().split('\n'), [
    'col.yaml: exporters.awsxray/unused is left out: no pipeline for traces has it',
    'col.yaml: exporters.debug has no counterpart: to print traces, set export.console',
  ])
  assert.match(config(), /^import \{ defineConfig, xray \} from 'rontgen'$/m)
  assert.match(
    config(),
    /^ {2}export: \{\n {4}xray: \{ region: 'us-west-2' \},\n {4}two: xray\(\{ region: 'us-east-1', insecure: true \}\),\n {4}'eu-west': xray\(\{ region: 'eu-west-1' \}\),\n {4}'xray-local': xray\(\),\n {2}\},$/m,
  )
  const validated = run('validate')
  assert.equal(validated.status, 0, validated.stderr)
  const checked = run('migrate', 'col.yaml', '--check')
  assert.equal(checked.status, 0, checked.stderr)
  writeFileSync(join(dir, 'config.ts'), config().replace("'us-east-1'", "'us-east-2'"))
  assert.match(
    run('migrate', 'col.yaml', '--check').stderr,
    /^export\.two\.region: "us-east-1" in col\.yaml, "us-east-2" in config\.ts$/m,
  )
})

test('migrate rejects files that it cannot convert with the reason', () => {
  const { run } = createFolder({
    'x.txt': 'x',
    'none.yaml': 'receivers: {}\nexporters: { debug: {} }\n',
    'x.service': '[Unit]\n',
    'broken.yaml': 'a: [',
  })
  for (
    const [file, expected] of [
      ['x.txt', /the name must end in/],
      ['none.yaml', /it has no awsxray exporter/],
      ['x.service', /the unit starts no program/],
      ['broken.yaml', /not valid YAML/],
      ['nowhere.json', /there is no such file/],
    ] as const
  ) {
    const { status, stderr } = run('migrate', file)
    assert.notEqual(status, 0)
    assert.match(stderr, expected)
  }
  assert.match(run('run', '-c', 'none.yaml').stderr, /rontgen migrate converts it/)
})

const hasMounts = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0
test('migrate and the daemon mode read configs and units where packages install them', {
  skip: hasMounts ? false : 'unshare and mount may not make a tmpfs here',
}, () => {
  const { dir } = createFolder({ 'cfg.yaml.packaged': daemon, 'xray.service': packaged })
  const program = commandOf('binary')[0]
  // A copy of /etc, so that nothing of the machine is touched.
  const script = [
    'set -e',
    `cd ${dir}`,
    'mkdir etc && cp -a /etc/. etc/ && mkdir -p etc/amazon/xray etc/systemd/system',
    'cp cfg.yaml.packaged etc/amazon/xray/cfg.yaml && cp xray.service etc/systemd/system/',
    'mount --bind etc /etc',
    `${program} migrate -o - 2> notes`,
    `timeout 2 ${program} -l info 2>&1 | head -3 || true`,
  ].join('\n')
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: dir,
      RONTGEN_QUEUE_DIR: join(dir, 'spool'),
      RONTGEN_XRAY_UDP_PORT: '0',
      RONTGEN_XRAY_PROXY_PORT: '0',
      RONTGEN_ADMIN_PORT: '0',
    },
  })
  assert.equal(status, 0, stderr)
  assert.match(
    stdout,
    /^\/\/ From \/etc\/amazon\/xray\/cfg\.yaml, \/etc\/systemd\/system\/xray\.service, by rontgen migrate\.$/m,
  )
  assert.match(stdout, /udp: \{ host: '0\.0\.0\.0', port: 2001 \}/)
  assert.match(stdout, /WARN {2}\/etc\/amazon\/xray\/cfg\.yaml: ProxyServer/)
})
