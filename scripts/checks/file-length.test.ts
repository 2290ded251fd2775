import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileLength } from './file-length.mjs'
import { inTree } from './in-tree.ts'

const lines = (count: number): string => 'a\n'.repeat(count)
const issuesOf = (files: Record<string, string>, exceptions: string[] = []): string[] =>
  inTree(files, (root) => fileLength(root, { exceptions }))

test('fileLength() lets a file have 400 lines', () => {
  assert.deepEqual(issuesOf({ 'src/a.ts': lines(400), 'src/ui/a.css': lines(400), 'scripts/a.mjs': lines(400) }), [])
})

for (const file of ['src/a.ts', 'src/ui/a.tsx', 'src/ui/a.css', 'scripts/checks/a.mjs']) {
  test(`fileLength() refuses ${file} with 401 lines`, () => {
    assert.deepEqual(issuesOf({ [file]: lines(401) }), [`${file} has 401 lines; at most 400 are allowed`])
  })
}

test('fileLength() leaves generated code out', () => {
  assert.deepEqual(issuesOf({ 'src/otlp/gen/a.ts': lines(900) }), [])
})

test('fileLength() lets an exception be longer, and refuses one that is not', () => {
  assert.deepEqual(issuesOf({ 'src/a.css': lines(401) }, ['src/a.css']), [])
  assert.deepEqual(issuesOf({ 'src/a.css': lines(400) }, ['src/a.css', 'src/gone.css']), [
    'src/a.css has no more than 400 lines; remove it from scripts/checks/file-length.mjs',
    'src/gone.css has no more than 400 lines; remove it from scripts/checks/file-length.mjs',
  ])
})
