import assert from 'node:assert/strict'
import { test } from 'node:test'
import { docNames } from './doc-names.mjs'
import { inTree } from './in-tree.ts'

const issuesOf = (line: string, doc = 'CONTRIBUTING.md'): string[] =>
  inTree({
    'src/queue/spool.ts': 'export class Spool { commit() {} }\nconst MAX_ROWS = 1',
    'src/receive/udp/udp.ts': 'export const udp = 1\n// openSocket',
    'src/otlp/gen/trace.ts': '',
    'scripts/check.mjs': 'export function check() {}',
    'docs/config.md': '',
    'test/golden/a.json': '',
    [doc]: `# Title\n\n${line}\n`,
  }, (root) => docNames(root, { external: ['AbortSignal'] }))

for (
  const line of [
    'See src/queue/spool.ts, scripts/check.mjs and docs/config.md.',
    'The folders src/queue, `src/queue/` and test/golden; generated code is in src/otlp/gen.',
    'Each of src/{queue,receive} and src/receive/NAME/NAME.ts, or scripts/*.mjs.',
    'The file `spool.ts`, `queue/spool.ts`, the folders `queue/` and `receive/udp/`.',
    '`Spool` has `commit()`, or `Spool.commit()`; an `AbortSignal` ends it.',
    '`node:http2`, `npm test`, `127.0.0.1`, `export.xray.region`, `--config FILE`, `retryable`, `cause`, `and/or`, `text/plain`',
    'https://github.com/a/b/blob/main/src/gone.ts and https://docs.example.com/docs/gone, ../src/gone.ts',
    'It becomes `dist/rontgen`.',
    '```ts src/gone.ts',
  ]
) {
  test(`docNames() takes ${line}`, () => assert.deepEqual(issuesOf(line), []))
}

const gone = {
  'See src/queue/gone.ts.': 'src/queue/gone.ts',
  'See scripts/check-levels.mjs.': 'scripts/check-levels.mjs',
  '`src/gone/`': 'src/gone/',
  'src/receive/NAME/serve.ts': 'src/receive/NAME/serve.ts',
  'src/{queue,gone}': 'src/gone',
  'src/queue/spool': 'src/queue/spool',
  '`gone.ts`': 'gone.ts',
  '`GONE.md`': 'GONE.md',
  '`queue/gone.ts`': 'queue/gone.ts',
  '`gone/`': 'gone/',
  '`Gone`': 'Gone',
  '`gone()`': 'gone()',
  '`Spool.gone()`': 'Spool.gone()',
  '`openSocket`, which is in a comment only': 'openSocket',
}

for (const [line, what] of Object.entries(gone)) {
  test(`docNames() refuses ${line}`, () => {
    assert.deepEqual(issuesOf(line), [`CONTRIBUTING.md:3 names "${what}", which does not exist`])
  })
}

test('docNames() looks at the paths of every page, and at names in pages about the code', () => {
  assert.equal(issuesOf('src/gone.ts', 'docs/operations.md').length, 1)
  assert.equal(issuesOf('src/gone.ts', 'README.md').length, 1)
  assert.deepEqual(issuesOf('`Gone`', 'docs/operations.md'), [])
})
