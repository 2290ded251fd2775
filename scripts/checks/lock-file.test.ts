import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTree } from './in-tree.ts'
import { lockFile } from './lock-file.mjs'

const issuesOf = (packages: Record<string, object>): string[] =>
  inTree({ 'package-lock.json': JSON.stringify({ packages }) }, lockFile)

test('lockFile() takes packages that are locked next to, or above, the one that names them', () => {
  assert.deepEqual(
    issuesOf({
      '': { dependencies: { a: '1.0.0' } },
      'node_modules/a': { dependencies: { b: '^1.0.0', '@c/d': '^1.0.0' } },
      'node_modules/a/node_modules/b': { dependencies: { '@c/d': '^1.0.0' } },
      'node_modules/@c/d': { optionalDependencies: { '@c/e': '^1.0.0' } },
      'node_modules/@c/d/node_modules/@c/e': {},
    }),
    [],
  )
})

test('lockFile() names packages of other platforms that are missing', () => {
  assert.deepEqual(
    issuesOf({
      '': { devDependencies: { tool: '1.0.0' } },
      'node_modules/tool': { optionalDependencies: { '@tool/linux': '1.0.0', '@tool/darwin': '1.0.0' } },
      'node_modules/@tool/linux': {},
    }),
    [
      'package-lock.json does not have "@tool/darwin", which "tool" names; ' +
      'run "npm install --package-lock-only" in a copy without node_modules',
    ],
  )
})
