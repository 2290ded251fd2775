import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTree } from './in-tree.ts'
import { purity } from './purity.mjs'

const issuesOf = (text: string, file = 'translate/a.ts'): string[] =>
  inTree({ [file]: text }, (folder) => purity(folder))

const impure = {
  'const now = Date.now()': 'Date.now',
  'const now = new Date()': 'new Date()',
  'const now = performance.now()': 'performance.now',
  'const now = process.hrtime()': 'process.hrtime',
  'const id = Math.random()': 'Math.random',
  'const id = crypto.randomUUID()': 'crypto.randomUUID',
  'setTimeout(() => {}, 1)': 'setTimeout',
  'await fetch(url)': 'fetch(',
  'const file = Bun.file(path)': 'Bun.file',
  'const text = Deno.readTextFileSync(path)': 'Deno.readTextFileSync',
  "console.log('a')": 'console.log',
  "import { readFileSync } from 'node:fs'": 'node:fs',
  "import { randomBytes } from 'node:crypto'": 'node:crypto',
  "const { createServer } = await import('node:http')": 'node:http',
  "import { udpSocket } from 'bun:ffi'": 'bun:ffi',
  "import { readFileSync } from 'fs'": 'fs',
  "import fs = require('node:fs')": 'node:fs',
  'const { createServer } = await import(`node:net`)': 'node:net',
}

const impureIssues = inTree(
  Object.fromEntries(Object.keys(impure).map((text, i) => [`translate/a${i}.ts`, text])),
  (folder) => purity(folder),
)
for (const [i, [text, what]] of Object.entries(impure).entries()) {
  test(`purity() refuses ${text}`, () => {
    const file = `src/translate/a${i}.ts`
    const issues = impureIssues.filter((issue) => issue.startsWith(`${file} `))
    assert.deepEqual(issues, [`${file} must be pure, and uses ${what}`])
  })
}

for (const folder of ['translate', 'otlp', 'segment', 'trace', 'component']) {
  test(`purity() looks at ${folder}, at each depth`, () => {
    assert.equal(issuesOf('Date.now()', `${folder}/b/a.ts`).length, 1)
  })
}

for (
  const text of [
    'const start = new Date(seconds * 1000)',
    '// Date.now() is read by the caller',
    "throw new Error('Math.random is not used')",
    "import type { Stats } from 'node:fs'",
    "import { inspect } from 'node:util'",
    'this.fetch = 1',
  ]
) {
  test(`purity() takes ${text}`, () => assert.deepEqual(issuesOf(text), []))
}

test('purity() leaves other folders and tests alone', () => {
  assert.deepEqual(issuesOf('Date.now()', 'queue/a.ts'), [])
  assert.deepEqual(issuesOf('Date.now()', 'otlp/a.test.ts'), [])
})
