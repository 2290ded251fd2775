import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inTree } from './in-tree.ts'
import { levels } from './levels.mjs'

const order = [['main.ts'], ['cli'], ['receive', 'export', 'ui'], ['trace'], ['bytes']]

/** What is wrong with a tree, given what each file imports. */
function issuesOf(imports: Readonly<Record<string, string>>): string[] {
  const files = Object.entries(imports).map(([file, text]) => [join('src', file), text])
  return inTree(
    Object.fromEntries(files),
    (root) => levels(join(root, 'src'), { order, allowed: ['../dist/page.txt'] }),
  )
}

test('levels() lets imports go down, over several levels and within a folder', () => {
  assert.deepEqual(
    issuesOf({
      'main.ts': "import './cli/run.ts'",
      'cli/run.ts': "import '../receive/udp.ts'\nimport '../bytes/at.ts'\nimport './help.ts'",
      'cli/help.ts': "import page from '../../dist/page.txt' with { type: 'text' }",
      'receive/udp.ts': "import type { A } from '../trace/a.ts'",
      'trace/a.ts': '',
      'bytes/at.ts': "import 'node:fs'",
    }),
    [],
  )
})

/** Ways to import a file of a higher level. */
const upwards: Readonly<Record<string, string>> = {
  'an import': "import { run } from '../cli/run.ts'",
  'an import without a blank': "import{run}from'../cli/run.ts'",
  'an import for its effects': "import'../cli/run.ts'",
  'an import of a name in quotes': "import { 'a' as b } from '../cli/run.ts'",
  'an import of a name that is not ASCII': "import { ü } from '../cli/run.ts'",
  'an import with a comment inside': "import { run /* it's */ } from '../cli/run.ts'",
  'an import after a regular expression': "const q = /['\"]/; import '../cli/run.ts'",
  'an import after a template': 'const q = `${"`"}`; import "../cli/run.ts"',
  'an import of types': "import type { Run } from '../cli/run.ts'",
  'an import() expression': "const run = await import('../cli/run.ts')",
  'an import() of a template': 'const run = await import(`../cli/run.ts`)',
  'an import() type': "type Run = import('../cli/run.ts').Run",
  'a require()': "const run = require('../cli/run.ts')",
  'an import = require()': "import run = require('../cli/run.ts')",
  'an export of what another file has': "export { run } from '../cli/run.ts'",
  'an export under a name in quotes': "export { run as 'b' } from '../cli/run.ts'",
  'an export of all': "export * from '../cli/run.ts'",
  'a file that is named by where the module is': "new Worker(new URL('../cli/run.ts', import.meta.url))",
}

const upwardsIssues = issuesOf({
  ...Object.fromEntries(Object.values(upwards).map((text, i) => [`trace/a${i}.ts`, text])),
  'cli/run.ts': '',
})
for (const [i, kind] of Object.keys(upwards).entries()) {
  test(`levels() refuses ${kind} that goes up`, () => {
    const file = `src/trace/a${i}.ts`
    assert.deepEqual(upwardsIssues.filter((issue) => issue.startsWith(`${file} `)), [
      `${file} imports upwards: trace must not import cli (src/cli/run.ts)`,
    ])
  })
}

/** Ways to import what the check would not see, and what it says of each. */
const hidden: Readonly<Record<string, readonly [text: string, issue: string]>> = {
  'an import() of a computed name': ['await import(name)', 'imports what it computes the name of'],
  'an import() of a template with a part that is computed': [
    'await import(`../${name}.ts`)',
    'imports what it computes the name of',
  ],
  'a test that is imported': ["export * from './b.test.ts'", 'imports the test src/trace/b.test.ts; only tests may'],
  'an absolute path': ["import '/src/cli/run.ts'", 'imports "/src/cli/run.ts"; write a path'],
  'a URL': ["import 'file:///src/cli/run.ts'", 'imports "file:///src/cli/run.ts"; write a path'],
  'a path out of a package': [
    "import 'hono/../../src/cli/run.ts'",
    'imports "hono/../../src/cli/run.ts"; write a path',
  ],
  'an import of its own package': [
    "import 'rontgen/src/cli/run.ts'",
    'imports "rontgen/src/cli/run.ts", the agent itself',
  ],
  'its own package in a config': ["import 'rontgen'", 'imports "rontgen", the agent itself'],
  'a require() that is made': [
    "import { createRequire } from 'node:module'",
    'imports "node:module", which loads files',
  ],
  'a file in a folder that is not read': [
    "import './gen/c.ts'",
    'imports src/trace/gen/c.ts, whose own imports are not read',
  ],
  'JavaScript': ["import './d.mjs'", 'imports src/trace/d.mjs, whose own imports are not read'],
}

const hiddenIssues = issuesOf({
  ...Object.fromEntries(Object.values(hidden).map(([text], i) => [`trace/a${i}.ts`, text])),
  'trace/b.test.ts': "export * from '../cli/run.ts'",
  'trace/gen/c.ts': "export * from '../../cli/run.ts'",
  'trace/d.mjs': "export * from '../cli/run.ts'",
  'trace/e.mts': "export * from '../cli/run.ts'",
  'trace/f.html': '',
  'cli/run.ts': '',
})
for (const [i, [way, [, expected]]] of Object.entries(hidden).entries()) {
  test(`levels() refuses ${way}, which would hide an import`, () => {
    const [issue = '', ...others] = hiddenIssues.filter((line) => line.startsWith(`src/trace/a${i}.ts `))
    assert.ok(issue.includes(expected), issue)
    assert.deepEqual(others, [])
  })
}

test('levels() refuses files in a language that it does not read', () => {
  assert.deepEqual(hiddenIssues.filter((issue) => /^src\/trace\/[b-f]/.test(issue)), [
    'src/trace/d.mjs is not read by the checks; write .ts, .tsx or .css',
    'src/trace/e.mts is not read by the checks; write .ts, .tsx or .css',
  ])
})

test('levels() lets the loader of configs, and tests, import what they compute the name of', () => {
  const text = 'await import(url)'
  assert.deepEqual(
    inTree(
      { 'src/cli/load.ts': text, 'src/cli/load.test.ts': text },
      (root) => levels(join(root, 'src'), { order, computed: ['cli/load.ts'] }),
    ),
    [],
  )
})

test('levels() refuses an import sideways, between stages', () => {
  assert.deepEqual(issuesOf({ 'receive/udp.ts': "import '../export/xray.ts'", 'export/xray.ts': '' }), [
    'src/receive/udp.ts imports sideways: receive must not import export (src/export/xray.ts)',
  ])
})

test('levels() refuses a ring of two files', () => {
  assert.deepEqual(issuesOf({ 'trace/a.ts': "import './b.ts'", 'trace/b.ts': "import type { A } from './a.ts'" }), [
    'Files import each other in a ring: src/trace/a.ts → src/trace/b.ts → src/trace/a.ts',
  ])
})

test('levels() refuses a ring of two folders, though no files form one', () => {
  const issues = issuesOf({
    'receive/a.ts': "import '../trace/a.ts'",
    'receive/b.ts': '',
    'trace/a.ts': '',
    'trace/b.ts': "import '../receive/b.ts'",
  })
  assert.ok(issues.includes('src/trace/b.ts imports upwards: trace must not import receive (src/receive/b.ts)'))
  assert.ok(
    issues.includes(
      'Folders import each other in a ring: src/receive → src/trace → src/receive (src/receive/a.ts imports src/trace/a.ts, src/trace/b.ts imports src/receive/b.ts)',
    ),
  )
})

test('levels() refuses a ring of folders that stand on no level', () => {
  const issues = issuesOf({
    'one/a.ts': "import '../two/a.ts'",
    'one/b.ts': '',
    'two/a.ts': '',
    'two/b.ts': "import '../one/b.ts'",
  })
  assert.deepEqual(issues.map((issue) => issue.replace(/ \(.*/, '')), [
    'src/one stands on no level; add it to scripts/checks/levels.mjs',
    'src/two stands on no level; add it to scripts/checks/levels.mjs',
    'Folders import each other in a ring: src/one → src/two → src/one',
  ])
})

test('levels() refuses a ring of folders within a folder, and lets the files above them import both', () => {
  const tree = {
    'ui/page.ts': "import './map/map.ts'\nimport './kit/icon.ts'",
    'ui/map/map.ts': "import '../kit/icon.ts'",
    'ui/map/size.ts': '',
    'ui/kit/icon.ts': '',
  }
  assert.deepEqual(issuesOf(tree), [])
  const [issue, ...others] = issuesOf({ ...tree, 'ui/kit/icon.ts': "import '../map/size.ts'" })
  assert.match(issue ?? '', /^Folders import each other in a ring: src\/ui\/kit → src\/ui\/map → src\/ui\/kit /)
  assert.deepEqual(others, [])
})

test('levels() refuses a folder that it does not know', () => {
  assert.deepEqual(issuesOf({ 'helpers/a.ts': '' }), [
    'src/helpers stands on no level; add it to scripts/checks/levels.mjs',
  ])
})

test('levels() refuses an import of a file that is not there, in tests too', () => {
  assert.deepEqual(issuesOf({ 'trace/a.ts': "import './gone.ts'", 'trace/a.test.ts': "import './b.ts'" }), [
    'src/trace/a.test.ts imports src/trace/b.ts, which does not exist',
    'src/trace/a.ts imports src/trace/gone.ts, which does not exist',
  ])
})

test('levels() covers CSS: a file that is not there, and one of a higher level', () => {
  assert.deepEqual(
    issuesOf({
      'ui/page.ts': "import './page.css'\nimport './gone.css'",
      'ui/page.css': "@import './colours.css';",
      'ui/colours.css': '',
      'trace/a.css': "@import '../ui/colours.css';",
      'trace/b.css': '@import url(../ui/colours.css);',
    }),
    [
      'src/ui/page.ts imports src/ui/gone.css, which does not exist',
      'src/trace/a.css imports upwards: trace must not import ui (src/ui/colours.css)',
      'src/trace/b.css imports upwards: trace must not import ui (src/ui/colours.css)',
    ],
  )
})

test('levels() refuses an import from outside of src, except of what is built, and lets tests have it', () => {
  assert.deepEqual(
    issuesOf({ 'trace/a.ts': "import '../../test/b.ts'", 'trace/a.test.ts': "import '../../test/b.ts'" }),
    ['src/trace/a.ts imports "../test/b.ts", which is outside of src'],
  )
})

test('levels() lets tests import upwards', () => {
  assert.deepEqual(issuesOf({ 'trace/a.test.ts': "import '../cli/run.ts'", 'cli/run.ts': '' }), [])
})
