import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileNames } from './file-names.mjs'
import { inTree } from './in-tree.ts'

const issuesOf = (files: Record<string, string>, exceptions: string[] = []): string[] =>
  inTree(files, (folder) => fileNames(folder, { exceptions }))

test('fileNames() takes files that are named after what they export', () => {
  assert.deepEqual(
    issuesOf({
      'otlp/read-span.ts': 'export function readSpan() {}',
      'otlp/span-view.ts': 'export class SpanView {}',
      'otlp/limits.ts': 'const limits = 1\nexport { limits }',
      'ui/map/key-table.tsx': 'export const KeyTable = 1',
      'ui/map/map.css': '',
      'version.ts': "export const VERSION = '1'",
      'otlp/read-span.test.ts': '',
    }),
    [],
  )
})

for (const file of ['otlp/readSpan.ts', 'otlp/Read.ts', 'otlp/read_span.ts', 'otlpWire/read.ts', 'ui/Map.css']) {
  test(`fileNames() refuses ${file}, which is not in kebab-case`, () => {
    const name = file.split('/').pop()?.split('.')[0] ?? ''
    assert.deepEqual(issuesOf({ [file]: `export const ${name} = 1` }), [`src/${file} is not named in kebab-case`])
  })
}

test('fileNames() refuses a file that exports something else, or says its name in a comment only', () => {
  assert.deepEqual(issuesOf({ 'a/read-span.ts': '// export readSpan\nexport const readSpans = 1' }), [
    'src/a/read-span.ts does not export what it is named after ("readSpan")',
  ])
})

test('fileNames() lets an exception hold several things, and refuses one that does not', () => {
  const files = { 'a/format.ts': 'export const bytes = 1', 'a/read.ts': 'export const read = 1' }
  assert.deepEqual(issuesOf(files, ['a/format.ts']), [])
  assert.deepEqual(issuesOf(files, ['a/format.ts', 'a/read.ts', 'a/gone.ts']), [
    'src/a/read.ts is no exception; remove it from scripts/checks/file-names.mjs',
    'src/a/gone.ts is no exception; remove it from scripts/checks/file-names.mjs',
  ])
})
