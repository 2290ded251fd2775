import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { commands } from '../src/cli/commands.ts'
import { commandOf } from './support/agent-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-shell-'))
after(() => rmSync(folder, { recursive: true }))

function run(args: readonly string[], input = '', cwd = folder) {
  const [program, ...first] = commandOf('binary')
  return spawnSync(program, [...first, ...args], {
    encoding: 'utf8',
    input,
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd },
  })
}

test('completions for bash complete commands and their options', () => {
  const file = join(folder, 'rontgen.bash')
  writeFileSync(file, run(['completions', 'bash']).stdout)
  const complete = (...words: string[]): string[] => {
    const script = `source ${file}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${
      words.length - 1
    }; _rontgen; printf '%s\\n' "\${COMPREPLY[@]}"`
    return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split('\n')
  }
  assert.deepEqual(complete('rontgen', 'tra'), ['traces', 'trace'])
  assert.deepEqual(complete('rontgen', 'traces', '--fo'), ['--follow'])
  assert.ok(complete('rontgen', '').includes('doctor'))
})

for (const shell of ['zsh', 'fish'] as const) {
  const isInstalled = spawnSync(shell, ['-c', 'true']).status === 0
  test(`completions for ${shell} are well-formed`, { skip: isInstalled ? false : `${shell} is not installed` }, () => {
    const file = join(folder, `_rontgen.${shell}`)
    writeFileSync(file, run(['completions', shell]).stdout)
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  })
}

test('completions and the manual page list every command and option', () => {
  const [zsh, fish, man] = [['completions', 'zsh'], ['completions', 'fish'], ['man']].map((args) => run(args).stdout)
  for (const { name, options } of commands) {
    assert.ok(zsh?.includes(`'${name}:`), name)
    assert.ok(fish?.includes(`-a ${name} `), name)
    for (const option of Object.keys(options)) {
      assert.ok(fish?.includes(`-l ${option}`), option)
      assert.ok(man?.includes(`\\-\\-${option.replaceAll('-', '\\-')}`), option)
    }
  }
  assert.equal(run(['completions', 'csh']).status, 64)
  assert.match(man ?? '', /^\.TH RONTGEN 1/)
})

const newFolder = (): string => mkdtempSync(join(folder, 'init-'))

test('init asks its questions, repeats those with an invalid answer, and writes a valid config', () => {
  const dir = newFolder()
  const { status, stdout } = run(
    ['init', '--ask'],
    'moon\notlp\nxray, local\nmoon\nus-west-2\norder.id, user.tier\nno\n',
    dir,
  )
  assert.equal(status, 0, stdout)
  assert.match(stdout, /It must be one or more of otlp, xray, all\n[^]*It must be a region such as 'us-west-2'/)
  const text = readFileSync(join(dir, 'config.ts'), 'utf8')
  assert.match(text, /receive: \{ xray: \{ proxy: false, udp: false \} \}/)
  assert.match(text, /indexedAttributes: \['order\.id', 'user\.tier'\]/)
  assert.match(text, /export: \{ xray: \{ region: 'us-west-2' \}, local: true \}/)
  assert.equal(run(['validate'], '', dir).status, 0)
  assert.match(run(['init', '--yes'], '', dir).stdout, /config.ts already exists and was kept/)
})

test('init takes answers from flags, and default answers with --yes', () => {
  const dir = newFolder()
  assert.equal(run(['init', '--from', 'xray', '--to', 'xray', '--yes'], '', dir).status, 0)
  const text = readFileSync(join(dir, 'config.ts'), 'utf8')
  assert.match(text, /otlp: \{ grpc: false, http: false \}/)
  assert.match(text, /export: \{ xray: true \}/)
  const defaults = newFolder()
  assert.equal(run(['init', '--yes'], '', defaults).status, 0)
  assert.match(readFileSync(join(defaults, 'config.ts'), 'utf8'), /defineConfig\(\{\}\)/)
  assert.match(
    run(['init', '--to', 'mars'], '', newFolder()).stderr,
    /--to must be one or more of xray, local, console/,
  )
  assert.match(run(['init', '--ask'], 'otlp\n', newFolder()).stderr, /The input ended/)
})
