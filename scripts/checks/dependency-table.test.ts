import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dependencyTable } from './dependency-table.mjs'
import { inTree } from './in-tree.ts'

const dependencies = { hono: '1', '@a/one': '1', '@a/two': '1', '@b/three': '1' }

const issuesOf = (rows: readonly string[]): string[] =>
  inTree({
    'package.json': JSON.stringify({ dependencies }),
    'docs/architecture.md': [
      '# A',
      '',
      '## Dependencies',
      '',
      '| package | why |',
      '| --- | --- |',
      ...rows,
      '',
      '## B',
      '| x | y |',
    ]
      .join('\n'),
  }, (root) => dependencyTable(root))

test('dependencyTable() takes a table that names each dependency, those of one scope in short', () => {
  assert.deepEqual(issuesOf(['| hono | routes |', '| `@a/one`, two; @b/three | why |']), [])
})

test('dependencyTable() refuses a table that leaves one out, or names one that is gone', () => {
  assert.deepEqual(issuesOf(['| hono, @a/one | why |', '| @a/two, four | why |', '| left-pad | why |']), [
    'docs/architecture.md does not say why "@b/three" is a dependency',
    'docs/architecture.md names the dependency "@a/four", which package.json does not have',
    'docs/architecture.md names the dependency "left-pad", which package.json does not have',
  ])
})

test('dependencyTable() refuses a page without the table', () => {
  const issues = inTree({ 'package.json': '{}', 'docs/architecture.md': '# A' }, (root) => dependencyTable(root))
  assert.deepEqual(issues, ['docs/architecture.md has no table below "Dependencies"'])
})
