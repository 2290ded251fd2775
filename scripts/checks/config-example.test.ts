import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configExample } from './config-example.ts'

const key = (path: string, ...children: { path: string; children: never[] }[]) => ({ path, children })
const leaf = (path: string) => ({ path, children: [] as never[] })

const keys = [
  key('queue', leaf('queue.dir'), leaf('queue.maxAge')),
  key('export', leaf('export.xray'), leaf('export.local')),
  key('logLevel'),
]

const issuesOf = (members: string): string[] => configExample(keys, `defineConfig({\n${members}\n})`)
const rest = "export: { xray: false, local: true },\n'logLevel': 'info',"

test('configExample() takes keys as they are, and keys in comments', () => {
  assert.deepEqual(issuesOf(`queue: { dir: '/a', maxAge: '7d' },\n${rest}`), [])
  assert.deepEqual(issuesOf(`queue: {\n  // dir: '/a',\n  maxAge: '7d', // a week\n},\n${rest}`), [])
  assert.deepEqual(issuesOf(`// queue: {\n//   dir: '/a',\n//   maxAge: '7d',\n// },\n${rest}`), [])
})

test('configExample() takes a config that is a function', () => {
  const text = `defineConfig(({ env }) => ({ queue: { dir: env.A ? '/a' : b, maxAge: f({ dir: 1 }) },\n${rest} }))`
  assert.deepEqual(configExample(keys, text), [])
})

test('configExample() refuses an example that leaves a key out, though another object has one of that name', () => {
  assert.deepEqual(
    issuesOf(`queue: { maxAge: '7d' },\nexport: { xray: { dir: 1 }, local: true },\nlogLevel: 'info',`),
    [
      'config.ts does not show "queue.dir"',
    ],
  )
})

test('configExample() does not count what stands in prose, a text or a list', () => {
  assert.deepEqual(
    issuesOf(`// The queue has dir: and more\nqueue: { maxAge: 'dir: 1, dir:', x: [{ y: 1 }] },\n${rest}`),
    [
      'config.ts does not show "queue.dir"',
    ],
  )
})

test('configExample() refuses a key in a comment that is none any more', () => {
  assert.deepEqual(issuesOf(`queue: {\n  dir: '/a', maxAge: '7d',\n  // gone: 1,\n},\n${rest}`), [
    'config.ts shows "queue.gone" in a comment, which is no key',
  ])
})

test('configExample() leaves keys below one alone that is not described further', () => {
  assert.deepEqual(issuesOf(`queue: { dir: 1, maxAge: 1 },\n// logLevel: { a: 1 },\n${rest}`), [])
})
