import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from './tools.mjs'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-set-up-'))
after(() => rmSync(folder, { recursive: true }))

for (const script of ['build', 'check', 'generate', 'release', 'start', 'test', 'bench']) {
  test(`npm's script "${script}" installs packages first in a fresh clone, and says if npm cannot`, () => {
    const clone = mkdtempSync(join(folder, 'clone-'))
    for (const name of ['scripts', 'package.json', 'package-lock.json']) {
      cpSync(join(root, name), join(clone, name), { recursive: true })
    }
    mkdirSync(join(clone, 'bin'))
    const npm = join(clone, 'bin/npm')
    writeFileSync(npm, `#!/bin/sh\necho "$1" > ${clone}/called\nexit 1\n`)
    chmodSync(npm, 0o755)
    const { status, stderr } = spawnSync('node', [join(clone, `scripts/${script}.mjs`)], {
      cwd: clone,
      encoding: 'utf8',
      env: { PATH: `${join(clone, 'bin')}:${process.env['PATH']}` },
    })
    assert.equal(stderr, 'Installing packages…\nnpm could not install the packages\n')
    assert.equal(status, 1)
    assert.equal(readFileSync(join(clone, 'called'), 'utf8'), 'install\n')
  })
}
