import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type InternedKey, KeyTable } from './key-table.ts'

interface NamedKey extends InternedKey {
  readonly name: string
}

const encoder = new TextEncoder()

function createTable(capacity: number) {
  const described: string[] = []
  const table = new KeyTable<NamedKey>((bytes) => {
    const name = new TextDecoder().decode(bytes)
    described.push(name)
    return { name, bytes, next: undefined }
  }, capacity)
  const find = (name: string, previous?: NamedKey): NamedKey => {
    const bytes = encoder.encode(name)
    return previous === undefined
      ? table.find(bytes, 0, bytes.length)
      : table.findAfter(previous, bytes, 0, bytes.length)
  }
  return { find, pin: (name: string) => table.pin(encoder.encode(name)), described }
}

test('KeyTable describes a key once, and finds it after any other', () => {
  const { find, described } = createTable(8)
  const [a, b] = [find('a'), find('b')]
  assert.equal(find('b', a), b)
  assert.equal(find('b', a), b)
  assert.equal(find('a', b), a)
  assert.equal(find('a', a), a)
  assert.deepEqual(described, ['a', 'b'])
})

test('KeyTable holds no keys beyond its capacity, and no long ones, in links neither', () => {
  const { find, described } = createTable(2)
  const first = find('first')
  const long = 'l'.repeat(257)
  let previous = first
  // Each is read after the one before it, twice, as the attributes of two spans.
  for (let round = 0; round < 2; round++) {
    previous = first
    for (const name of [long, 'second', 'third', 'fourth']) previous = find(name, previous)
  }
  assert.equal(described.filter((name) => name === long).length, 2)
  const held = new Set<string>()
  for (let key: NamedKey | undefined = first; key !== undefined && !held.has(key.name); key = key.next) {
    held.add(key.name)
  }
  assert.ok(held.size <= 2, [...held].join())
})

test('KeyTable takes ordinary keys again after made-up ones filled it, and never loses those that are pinned', () => {
  const { find, pin, described } = createTable(64)
  pin('pinned')
  for (let i = 0; i < 1000; i++) find(`made up ${i}`)
  const pinned = find('pinned')
  const ordinary = find('ordinary')
  assert.equal(find('pinned'), pinned)
  assert.equal(find('ordinary'), ordinary)
  assert.equal(described.filter((name) => name === 'pinned').length, 1)
  assert.equal(described.filter((name) => name === 'ordinary').length, 1)
})
