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
  "type A = import('./a.ts').A": [['./a.ts', 'dynamic']],
  "import a from '../a.txt' with { type: 'text' }": [['../a.txt', 'value']],
  "import a from 'a'\nimport b from 'node:b'": [['a', 'value'], ['node:b', 'value']],
  "// import a from './a.ts'": [],
  "/* import('./a.ts') */": [],
  "const a = `\nimport { a } from './a.ts'\n`": [],
  'const a = "import a from \'./a.ts\'"': [],
  "export const from = './a.ts'": [],
  'await import(url)': [],
}

for (const [text, expected] of Object.entries(imports)) {
  test(`importsOf() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(importsOf(text).map(({ specifier, kind }) => [specifier, kind]), expected)
  })
}

test('importsOf() reads imports of CSS', () => {
  const text = "@import './a.css';\n@import url('./b.css');\n/* @import './c.css'; */"
  assert.deepEqual(importsOf(text, 'x.css').map(({ specifier }) => specifier), ['./a.css', './b.css'])
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
