import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../scripts/tools.mjs'
import { commandOf } from './support/agent-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-start-'))
after(() => rmSync(folder, { recursive: true }))
const hasNamespaces = spawnSync('unshare', ['-n', 'true']).status === 0

/** A folder for the front of PATH, with rontgen and the given programs. */
function binFolder(programs: Readonly<Record<string, string>>): string {
  const bin = mkdtempSync(join(folder, 'bin-'))
  symlinkSync(commandOf('binary')[0], join(bin, 'rontgen'))
  for (const [name, text] of Object.entries(programs)) {
    rmSync(join(bin, name), { force: true })
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  return bin
}

/** Every command of a page, in order. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```console\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
    [...block.matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command)
  )
}

test('the commands of docs/getting-started.md lead from an empty folder to the fault', {
  skip: hasNamespaces ? false : 'unshare may not make a namespace here, which the fixed ports need',
}, () => {
  const dir = mkdtempSync(join(folder, 'walk-'))
  const commands = commandsOf('docs/getting-started.md')
  assert.ok(commands.length > 12)
  const script = [
    'set -em',
    'ip link set lo up',
    ...commands.map((command) => `echo ">> ${command.replace(/["$`\\]/g, '\\$&')}"\n${command}`),
  ]
  const { status, stdout, stderr } = spawnSync('unshare', ['-n', 'bash', '-c', script.join('\n')], {
    cwd: dir,
    encoding: 'utf8',
    timeout: 60_000,
    env: {
      PATH: `${binFolder({})}:${process.env['PATH']}`,
      HOME: dir,
      RONTGEN_STATE_DIR: join(dir, 'state'),
      RONTGEN_QUEUE_DIR: join(dir, 'spool'),
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  })
  assert.equal(status, 0, stdout + stderr)
  const answerTo = (start: string): string => {
    const [, answer = ''] = stdout.split(`>> ${start}`)
    return answer.split('\n>> ')[0] ?? ''
  }
  assert.match(answerTo('rontgen init'), /Wrote config\.ts/)
  assert.match(answerTo('rontgen status'), /otlp\.http +127\.0\.0\.1:4318/)
  assert.match(answerTo('rontgen verify'), /It is in the local store/)
  const [id = ''] = /1-[0-9a-f]{8}-[0-9a-f]{24}/.exec(answerTo('echo')) ?? []
  assert.ok(answerTo('rontgen traces fault').includes(id), stdout)
  assert.match(answerTo('rontgen trace $ID'), /S3 .* fault\n[^]*AccessDenied/)
  assert.match(answerTo('rontgen stop'), /Stopped/)
})

/** A fake of systemctl that logs its arguments, and knows two units. */
const fakeSystemctl = (log: string): string =>
  `#!/bin/sh\necho "$*" >> ${log}\ncase "$*" in *is-active*amazon*) exit 3 ;; esac\nexit 0\n`

test('take-over.sh stops the X-Ray daemon, and starts it again if rontgen does not start; an invalid config stops nothing', () => {
  for (
    const [rontgen, status, calls] of [
      ['exit 0', 0, ['stop xray.service', 'disable --quiet xray.service']],
      ['[ "$1" = validate ]', 69, ['stop xray.service', 'start xray.service']],
      ['exit 78', 78, []],
    ] as const
  ) {
    const dir = mkdtempSync(join(folder, 'take-over-'))
    mkdirSync(join(dir, 'etc'))
    const log = join(dir, 'systemctl.log')
    writeFileSync(log, '')
    const bin = binFolder({ systemctl: fakeSystemctl(log), rontgen: `#!/bin/sh\n${rontgen}\n` })
    const result = spawnSync('sh', [join(root, 'scripts/take-over.sh'), '--config', 'x.ts'], {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env['PATH']}` },
    })
    assert.equal(result.status, status, result.stderr)
    const lines = readFileSync(log, 'utf8').split('\n').filter((line) => line !== '' && !line.includes('is-active'))
    assert.deepEqual(lines, calls)
  }
})

test('the file for launchd is well-formed', () => {
  const text = readFileSync(join(root, 'docs/service/com.rontgen.agent.plist'), 'utf8')
  const { status, stderr } = spawnSync('python3', [
    '-c',
    'import plistlib,sys; print(plistlib.loads(sys.stdin.buffer.read())["Label"])',
  ], {
    input: text,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
})
