import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compress, compressText, decompress, decompressText } from './compress.ts'

test('decompress() returns what compress() made of large input; small input stays as it is', () => {
  const large = new TextEncoder().encode('"{\\"id\\":\\"53995c3f42cd8ad8\\"}",'.repeat(1000))
  const compressed = compress(large, 4096)
  assert.ok(compressed.length < large.length / 10)
  assert.deepEqual(new Uint8Array(decompress(compressed)), large)
  const small = large.subarray(0, 100)
  assert.equal(compress(small, 4096), small)
  assert.equal(decompress(small), small)
})

test('decompress() throws on bytes that were changed', () => {
  const text = Array.from({ length: 500 }, (_, i) => `"${i * 7919}",`).join('')
  const compressed = compress(new TextEncoder().encode(text), 4096)
  for (let at = 10; at < compressed.length; at += 50) {
    const changed = compressed.slice()
    changed[at] = (changed[at] ?? 0) ^ 0x10
    assert.throws(() => decompress(changed), `at ${at}`)
  }
})

test('decompressText() returns the text that compressText() was called with, short or long', () => {
  for (const text of ['{}', `["${'ö€🦆'.repeat(1000)}"]`]) assert.equal(decompressText(compressText(text)), text)
  assert.ok(compressText('[1]'.repeat(1000)).length < 100)
})

test('decompressText() throws on a column that holds no bytes', () => {
  assert.throws(() => decompressText('{}'), TypeError)
  assert.throws(() => decompressText(null), TypeError)
})
