import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ByteKeyedCache } from './byte-keyed-cache.ts'

const encoder = new TextEncoder()

test('ByteKeyedCache finds what a Map with the same texts finds, wherever in a source the key is', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 90 }), fc.nat()), { maxLength: 64 }), fc.nat(5), (all, at) => {
      const cache = new ByteKeyedCache<number>(64)
      const expected = new Map<string, number>()
      for (const [text, value] of all) {
        cache.set(encoder.encode(text), value)
        expected.set(text, value)
      }
      assert.equal(cache.size, expected.size)
      for (const [text, value] of expected) {
        const source = encoder.encode('#'.repeat(at) + text + '#')
        assert.equal(cache.get(source, at, source.length - 1), value)
        assert.equal(cache.get(source, at, source.length), expected.get(text + '#'))
      }
    }),
  )
})

test('ByteKeyedCache distinguishes keys with the same hash', () => {
  const cache = new ByteKeyedCache<number>(16)
  // Of long keys only some bytes are hashed; these differ in others.
  const keys = Array.from({ length: 16 }, (_, i) => new Uint8Array(4096).fill(i, 5, 200))
  keys.forEach((key, i) => cache.set(key, i))
  keys.forEach((key, i) => assert.equal(cache.get(key, 0, key.length), i))
})

test('ByteKeyedCache is cleared by the first new key that it has no room for', () => {
  const cache = new ByteKeyedCache<string>(4)
  const keys = ['a', 'b', 'c', 'd', 'e'].map((text) => encoder.encode(text))
  for (const key of keys.slice(0, 4)) cache.set(key, 'first')
  assert.ok(cache.isFull)
  for (const key of keys.slice(0, 4)) cache.set(key, 'second')
  assert.deepEqual(keys.map((key) => cache.get(key, 0, 1)), ['second', 'second', 'second', 'second', undefined])
  for (const key of keys.slice(4)) cache.set(key, 'third')
  assert.deepEqual(keys.map((key) => cache.get(key, 0, 1)), [undefined, undefined, undefined, undefined, 'third'])
  assert.equal(cache.size, 1)
})

test('ByteKeyedCache takes the empty key', () => {
  const cache = new ByteKeyedCache<number>(2)
  assert.equal(cache.get(new Uint8Array(0), 0, 0), undefined)
  cache.set(new Uint8Array(0), 1)
  assert.equal(cache.get(encoder.encode('ab'), 1, 1), 1)
})

test('ByteKeyedCache looks at a bounded number of keys, however many have the same hash, and never mixes them up', () => {
  const cache = new ByteKeyedCache<number>(4096)
  // Of long keys only some bytes are hashed; these differ in others.
  const keys = Array.from({ length: 1000 }, (_, i) => {
    const key = new Uint8Array(1024)
    new DataView(key.buffer).setUint32(6, i)
    return key
  })
  keys.forEach((key, i) => cache.set(key, i))
  const found = keys.map((key) => cache.get(key, 0, key.length))
  assert.equal(found.at(-1), 999)
  assert.ok(found.every((value, i) => value === undefined || value === i))
  assert.ok(cache.size <= 32, `${cache.size} of the keys are in slots that are looked at`)
})
