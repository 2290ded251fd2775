import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compress, decompress } from './compress.ts'

test('compress() packs what is large, and decompress() gives it back', () => {
  const large = new TextEncoder().encode('"{\\"id\\":\\"53995c3f42cd8ad8\\"}",'.repeat(1000))
  const packed = compress(large, 4096)
  assert.ok(packed.length < large.length / 10)
  assert.deepEqual(new Uint8Array(decompress(packed)), large)
  const small = large.subarray(0, 100)
  assert.equal(compress(small, 4096), small)
  assert.equal(decompress(small), small)
})

test('decompress() throws on bytes that were changed', () => {
  const text = Array.from({ length: 500 }, (_, i) => `"${i * 7919}",`).join('')
  const packed = compress(new TextEncoder().encode(text), 4096)
  for (let at = 10; at < packed.length; at += 50) {
    const changed = packed.slice()
    changed[at] = (changed[at] ?? 0) ^ 0x10
    assert.throws(() => decompress(changed), `at ${at}`)
  }
})
