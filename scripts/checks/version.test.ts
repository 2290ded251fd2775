import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTree } from './in-tree.ts'
import { version } from './version.mjs'

const issuesOf = (files: Record<string, string>): string[] =>
  inTree({
    'package.json': '{ "version": "1.2.0" }',
    'src/version.ts': "export const VERSION = '1.2.0'",
    'CHANGELOG.md': '# Changelog\n\n## 1.2.0, not released\n',
    ...files,
  }, version)

test('version() takes one version in all places', () => {
  assert.deepEqual(issuesOf({}), [])
  assert.deepEqual(issuesOf({ 'CHANGELOG.md': '## [1.2.0] - 2026-01-01' }), [])
})

test('version() refuses another in src/version.ts', () => {
  assert.deepEqual(issuesOf({ 'src/version.ts': "export const VERSION = '1.1.0'" }), [
    'src/version.ts does not have the version of package.json, 1.2.0',
  ])
})

test('version() refuses a changelog without a section for it', () => {
  assert.deepEqual(issuesOf({ 'CHANGELOG.md': '## 1.1.0\n\n- As 1.2.0 will\n\n## 11.2.0\n' }), [
    'CHANGELOG.md has no section for 1.2.0',
  ])
})
