import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createPrivateFile } from './create-private-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-files-'))
after(() => rmSync(folder, { recursive: true }))

test('createPrivateFile() creates file and folders for this user alone', () => {
  const file = join(folder, 'a/b/file')
  createPrivateFile(file)
  assert.deepEqual(['a', 'a/b', 'a/b/file'].map((name) => statSync(join(folder, name)).mode & 0o777), [
    0o700,
    0o700,
    0o600,
  ])
  writeFileSync(file, 'text')
  createPrivateFile(file)
  assert.equal(statSync(file).size, 4)
})

test('createPrivateFile() follows no symbolic link in a folder that others may write, and those in others', () => {
  const target = join(folder, 'target')
  writeFileSync(target, '')
  mkdirSync(join(folder, 'shared'))
  chmodSync(join(folder, 'shared'), 0o1777)
  mkdirSync(join(folder, 'own'), { mode: 0o700 })
  for (const name of ['link', 'other-wal']) symlinkSync(target, join(folder, 'shared', name))
  symlinkSync(join(folder, 'own'), join(folder, 'shared/folder'))
  symlinkSync(target, join(folder, 'own/link'))
  for (const name of ['link', 'other', 'folder/file']) {
    assert.throws(
      () => createPrivateFile(join(folder, 'shared', name), ['-wal']),
      /is a symbolic link in a folder/,
      name,
    )
  }
  assert.equal(existsSync(join(folder, 'own/file')), false)
  createPrivateFile(join(folder, 'own/link'))
})
