import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bun, root } from '../scripts/tools.mjs'
import { AgentProcess } from './support/agent-process.ts'
import { TreeCopy } from './support/tree-copy.ts'
import { waitFor } from './support/wait-for.ts'
import { applyBlock, readWalks } from './support/walks.ts'

// Follows CONTRIBUTING.md: adds a receiver, an exporter, a command and a key to a copy of the tree, and looks for them
// wherever they must show up.
const walks = readWalks(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'))
const tree = new TreeCopy()
after(() => tree.remove())
for (const blocks of walks.values()) for (const block of blocks) applyBlock(tree, block)
const generated = tree.run('scripts/generate-docs.ts')

/** The checks of `npm run check` but for types, which have a test of their own, and those that need what a copy lacks. */
const checks = [
  'format',
  'lint',
  'levels',
  'light definitions',
  'file length',
  'file names',
  'purity',
  'error wording',
  'version',
  'lock file',
  'words',
  'doc links',
  'doc commands',
  'dependency table',
  'config example',
  'docs in step',
]

const rontgen = (...args: string[]) => tree.run('src/main.ts', args, tree.folder)
const startAgent = (config: string, env: Record<string, string> = {}) =>
  AgentProcess.start({ program: [bun(), join(tree.folder, 'src/main.ts')], config, env })

test('a receiver and an exporter are one file, one line in the registry and one in the example config each', () => {
  for (
    const [heading, line] of [['A receiver', /^export \{ lines \}.*\n$/], [
      'An exporter',
      /^export \{ file \}.*\n$/,
    ]] as const
  ) {
    const [file, append, example, ...more] = walks.get(heading) ?? []
    assert.deepEqual([file?.kind, append?.kind, example?.kind, more], ['file', 'append', 'change', []])
    assert.match(append?.text ?? '', line)
    assert.equal(example?.path, 'config.ts')
    assert.equal(example?.text.match(/^\+/gm)?.length, 1)
  }
})

test('the walks, followed to the word, end in a tree that passes the checks', () => {
  tree.write(
    'src/config/walk.test.ts',
    `import { defineConfig, file } from './define.ts'
export const config = defineConfig({
  receive: { lines: { host: '::1' } },
  export: { file: { path: 'x' }, second: file({ path: 'y', whenFull: 'drop-oldest' }) },
  startNote: 'ready',
})
// @ts-expect-error: the port of a receiver is a number
export const wrong = defineConfig({ receive: { lines: { port: true } } })
`,
  )
  const types = tree.run('node_modules/typescript/bin/tsc', ['-p', '.'])
  assert.equal(types.stdout, '')
  const rules = tree.run('scripts/check.mjs', checks)
  assert.equal(rules.stdout.replace(/^pass .*\n/gm, ''), `${checks.length} passed, 0 failed\n`, rules.stderr)
})

test('docs, editor types and help have what was added', () => {
  assert.equal(generated.stderr, '')
  const config = tree.read('docs/config.md')
  for (
    const key of ['receive.lines.port', 'receive.lines.host', 'export.file.path', 'export.file.whenFull', 'startNote']
  ) {
    assert.ok(config.includes(`| \`${key}\` |`), key)
  }
  assert.match(config, /`--lines-port PORT` \| `RONTGEN_LINES_PORT` \| port of X-Ray documents by line/)
  assert.match(config, /`--file-path FILE` \| `RONTGEN_FILE_PATH` \|/)
  const operations = tree.read('docs/operations.md')
  assert.match(operations, /\| 2001 TCP \| `lines` \| X-Ray documents over TCP, one per line\. \|/)
  assert.match(operations, /\| `file` \| A file with one segment document per line\. \|/)
  const help = rontgen('run', '--help').stdout
  assert.match(help, /--lines-port PORT +port of X-Ray documents by line/)
  assert.match(help, /--file-path FILE +append segment documents to this file/)
  assert.match(help, /X-Ray documents by line.* 2001/)
  assert.match(rontgen('--help').stdout, /^ +uptime \[FILE\] +show how long the agent has been running$/m)
  assert.match(rontgen('completions', 'fish').stdout, /-a uptime /)
  assert.match(rontgen('man').stdout, /uptime/)
  tree.write('fresh/.keep', '')
  const init = tree.run('src/main.ts', ['init', '--from', 'lines', '--to', 'file'], join(tree.folder, 'fresh'))
  assert.equal(init.status, 0, init.stderr)
  const written = tree.read('fresh/config.ts')
  assert.match(written, /otlp: \{ grpc: false, http: false \},\n +xray: \{ proxy: false, udp: false \}/)
  assert.match(written, /export: \{ file: true, local: false, console: false \}/)
  const types = tree.read('fresh/rontgen.d.ts')
  assert.match(types, /lines\?:/)
  assert.match(types, /export function file\(/)
})

test('the doctor checks the port of the new receiver', async () => {
  const findings = JSON.parse(rontgen('doctor', '--json', '--lines-port', '0').stdout)
  assert.ok(findings.some(({ name }: { name: string }) => name === 'port lines'), JSON.stringify(findings))
})

test('a config of the X-Ray daemon or the CloudWatch agent leaves the new receiver off, and --host moves it', () => {
  tree.write('cw.json', JSON.stringify({ traces: { traces_collected: { otlp: {} } } }))
  tree.write('cfg.yaml', 'Region: us-west-2\nVersion: 2\n')
  for (const file of ['cw.json', 'cfg.yaml']) {
    const { stdout, stderr, status } = rontgen('print-config', file)
    assert.equal(status, 0, stderr)
    assert.equal(JSON.parse(stdout).receive.lines, false)
  }
  tree.write('plain.ts', 'export default {}\n')
  assert.equal(JSON.parse(rontgen('print-config', 'plain.ts', '--host', '::1').stdout).receive.lines.host, '::1')
})

test('what was added runs, and is counted by its own names', async () => {
  const output = join(tree.folder, 'traces.jsonl')
  const config =
    `{ export: { file: { path: '${output}' }, local: true }, queue: { batchWait: '10ms' }, startNote: 'at last' }`
  const agent = await startAgent(config, { RONTGEN_LINES_PORT: '0' })
  assert.match(agent.log, /Started: .*appending to .* at last/)
  const [host = '', port = ''] = agent.address('lines').split(':')
  const socket = connect(Number(port), host)
  const document =
    '{"id":"53995c3f42cd8ad8","trace_id":"1-5759e988-bd862e3fe1be46a994272793","name":"line","start_time":1,"end_time":2}'
  socket.end(`${document}\nno JSON\n`)
  await once(socket, 'close')
  const status = async () => await (await agent.admin('/status')).json()
  await waitFor(async () => (await status()).counts.sent['file'] === 1, 'the document')
  assert.equal(readFileSync(output, 'utf8'), `${document}\n`)
  const { counts, receivers, exporters } = await status()
  assert.deepEqual([counts.received, counts.rejected], [{ lines: 1 }, { lines: 1 }])
  assert.ok(
    receivers.some(({ name, label }: { name: string; label: string }) =>
      name === 'lines' && label === 'X-Ray documents by line'
    ),
  )
  assert.deepEqual(exporters.map(({ name }: { name: string }) => name).sort(), ['console', 'file', 'local'])
  const metrics = await (await agent.admin('/metrics')).text()
  assert.match(metrics, /^rontgen_received_total\{receiver="lines"\} 1$/m)
  assert.match(metrics, /^rontgen_sent_total\{exporter="file"\} 1$/m)
  assert.match(agent.log, /WARN {2}lines: rejected data from TCP 127\.0\.0\.1/)
  assert.ok(await (await agent.admin('/agent')).text(), 'the page is there')
  await agent.stop()
})

test('the page and the program name no receiver: labels come from the registry', () => {
  const page = readFileSync(join(root, 'dist/page.txt'), 'utf8')
  for (const label of ['OTLP over gRPC', 'X-Ray segments over UDP', 'X-Ray sampling proxy']) {
    assert.ok(!page.includes(label), label)
  }
})

test('the doctor shows what a receiver checks, unless it is off', () => {
  const line = '  isUnanswered: true,\n'
  const check = "  check: async () => [{ name: 'disk', state: 'warn', message: 'nearly full' }],\n"
  tree.replace('src/receive/lines.ts', line, line + check)
  for (const [config, expected] of [['{}', ['nearly full']], ['{ receive: { lines: false } }', []]] as const) {
    tree.write('doctor.ts', `export default ${config}\n`)
    const findings: { name: string; message: string }[] = JSON.parse(rontgen('doctor', '--json', 'doctor.ts').stdout)
    assert.deepEqual(findings.filter(({ name }) => name === 'disk').map(({ message }) => message), expected)
  }
})
