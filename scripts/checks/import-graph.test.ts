import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importGraph, importsOf, ringsOf } from './import-graph.mjs'
import { inTree } from './in-tree.ts'

const imports: Record<string, readonly [specifier: string, kind: string][]> = {
  "import a, { b as c } from './a.ts'": [['./a.ts', 'value']],
  "import {\n  a,\n  b,\n} from './a.ts'": [['./a.ts', 'value']],
  "import * as a from './a.ts'": [['./a.ts', 'value']],
  "import './a.css'": [['./a.css', 'value']],
  "import type { A } from './a.ts'": [['./a.ts', 'type']],
  "import { type A } from './a.ts'": [['./a.ts', 'value']],
  "import type * as a from './a.ts'": [['./a.ts', 'type']],
  "export * from './a.ts'": [['./a.ts', 'value']],
  "export { a } from './a.ts'": [['./a.ts', 'value']],
  "export type { A } from './a.ts'": [['./a.ts', 'type']],
  "const a = await import('./a.ts')": [['./a.ts', 'dynamic']],
  "await Promise.all([\n  import(\n    './a.ts'\n  ),\n])": [['./a.ts', 'dynamic']],
  "type A = import('./a.ts').A": [['./a.ts', 'type']],
  'const a = await import(`./a.ts`)': [['./a.ts', 'dynamic']],
  "const a = await import(/* a */ './a.ts')": [['./a.ts', 'dynamic']],
  "type A = typeof import('./a.ts')": [['./a.ts', 'type']],
  "const a = require('./a.ts')": [['./a.ts', 'value']],
  "const a = import.meta.require('./a.ts')": [['./a.ts', 'value']],
  "import a = require('./a.ts')": [['./a.ts', 'value']],
  "import type a = require('./a.ts')": [['./a.ts', 'type']],
  'import a = b.c': [],
  "import { 'a' as b } from './a.ts'": [['./a.ts', 'value']],
  "export { a as 'b' } from './a.ts'": [['./a.ts', 'value']],
  "export * as a from './a.ts'": [['./a.ts', 'value']],
  "import { ü } from './a.ts'": [['./a.ts', 'value']],
  "import { a /* it's */ } from './a.ts'": [['./a.ts', 'value']],
  "import{a}from'./a.ts'": [['./a.ts', 'value']],
  "import'./a.ts'": [['./a.ts', 'value']],
  "import '\\u002e/a.ts'": [['./a.ts', 'value']],
  "declare module './a.ts' {}": [['./a.ts', 'type']],
  '/// <reference path="a.ts" />': [['./a.ts', 'type']],
  "new Worker(new URL('a.ts', import.meta.url))": [['./a.ts', 'dynamic']],
  "new URL('a.ts', base)": [],
  "const q = /['\"]/; import './a.ts'": [['./a.ts', 'value']],
  'const q = `${"`"}`; import "./a.ts"': [['./a.ts', 'value']],
  "import a from '../a.txt' with { type: 'text' }": [['../a.txt', 'value']],
  "import a from 'a'\nimport b from 'node:b'": [['a', 'value'], ['node:b', 'value']],
  "// import a from './a.ts'": [],
  "/* import('./a.ts') */": [],
  "const a = `\nimport { a } from './a.ts'\n`": [],
  'const a = "import a from \'./a.ts\'"': [],
  "export const from = './a.ts'": [],
}

/** How the checks, which are JavaScript, give an import. */
interface Import {
  readonly specifier?: string
  readonly kind: string
}

const read = (file: string, text: string): Import[] | undefined => importsOf({ file, text })

for (const [text, expected] of Object.entries(imports)) {
  test(`importsOf() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(read('x.ts', text)?.map(({ specifier, kind }) => [specifier, kind]), expected)
  })
}

test('importsOf() reads JSX, with an apostrophe in its text', () => {
  const text = "const a = <p>It's {lazy(() => import('./a.tsx'))}</p>"
  assert.deepEqual(read('x.tsx', text), [{ specifier: './a.tsx', kind: 'dynamic' }])
})

test('importsOf() says which names are computed', () => {
  for (const text of ['await import(url)', 'await import(`./${a}.ts`)', 'require(a)', 'new URL(a, import.meta.url)']) {
    assert.deepEqual(read('x.ts', text)?.map(({ specifier }) => specifier), [undefined], text)
  }
})

test('importsOf() rejects what is no TypeScript', () => {
  assert.throws(() => read('x.ts', 'import from from'), /Cannot read the imports of x\.ts/)
})

test('importsOf() reads imports of CSS', () => {
  const names = (text: string) => read('x.css', text)?.map(({ specifier }) => specifier)
  assert.deepEqual(names("@import './a.css';\n@import url('./b.css');\n/* @import './c.css'; */"), [
    './a.css',
    './b.css',
  ])
  assert.deepEqual(names('@import url(../a.css);@import url( b.css ) screen;'), ['../a.css', './b.css'])
  assert.deepEqual(names('@import"a.css";@IMPORT/**/"./b.css";'), ['./a.css', './b.css'])
  assert.deepEqual(names('p::after { content: \'@import "./a.css"\'; background: url(b.css) }'), [])
})

test('importGraph() tells files, packages, files outside and missing files apart', () => {
  const graph = inTree({
    'src/a.ts': "import './b/c.ts'\nimport './d.ts'\nimport '../e.txt'\nimport 'f'\nimport './b'",
    'src/b/c.ts': '',
    'src/gen/x.ts': "import '../a.ts'",
  }, (root) => importGraph(`${root}/src`))
  assert.deepEqual(graph.files, ['a.ts', 'b/c.ts'])
  assert.deepEqual(graph.imports.get('a.ts'), [{ target: 'b/c.ts', kind: 'value' }])
  assert.deepEqual(graph.packages.get('a.ts'), [{ name: 'f', kind: 'value' }])
  assert.deepEqual(graph.outside, [{ file: 'a.ts', target: '../e.txt' }])
  assert.deepEqual(graph.missing, [{ file: 'a.ts', target: 'd.ts' }, { file: 'a.ts', target: 'b' }])
})

test('importGraph() sets computed names, and names that are no packages, apart from packages', () => {
  const text =
    "import(a)\nimport '/a.ts'\nimport 'file:///a.ts'\nimport 'b/../a.ts'\nimport '#a'\nimport '@b/c/d.js'\nimport 'bun:e'"
  const graph = inTree({ 'src/a.ts': text }, (root) => importGraph(`${root}/src`))
  assert.deepEqual(graph.computed, ['a.ts'])
  assert.deepEqual(graph.odd.map(({ specifier }) => specifier), ['/a.ts', 'file:///a.ts', 'b/../a.ts', '#a'])
  assert.deepEqual(graph.packages.get('a.ts'), [
    { name: '@b/c/d.js', kind: 'value' },
    { name: 'bun:e', kind: 'value' },
  ])
})

test('ringsOf() finds one shortest ring of each group', () => {
  const edges = (text: string): Map<string, string[]> =>
    new Map(text.split(' ').map((node) => [node.slice(0, 1), [...node.slice(1)]]))
  assert.deepEqual(ringsOf(edges('ab bc c')), [])
  assert.deepEqual(ringsOf(edges('ab ba')), [['a', 'b', 'a']])
  assert.deepEqual(ringsOf(edges('ab bc ca')), [['a', 'b', 'c', 'a']])
  assert.deepEqual(ringsOf(edges('ab bcd cb da')), [['a', 'b', 'd', 'a']])
  assert.equal(ringsOf(edges('ab ba cd dc')).length, 2)
  assert.deepEqual(ringsOf(edges('aa')), [])
})
