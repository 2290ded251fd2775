import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BodyBuffer } from './body-buffer.ts'

test('BodyBuffer joins chunks of any sizes', () => {
  const body = new BodyBuffer()
  const expected: number[] = []
  for (let i = 0; i < 400; i++) {
    const chunk = new Uint8Array(i % 7 === 0 ? 1 : i).fill(i % 251)
    body.push(chunk)
    expected.push(...chunk)
  }
  assert.equal(body.size, expected.length)
  assert.deepEqual([...body.bytes], expected)
  body.clear()
  assert.equal(body.bytes.length, 0)
})

test('BodyBuffer does not copy a body of one chunk, and does not change chunks', () => {
  const chunk = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
  const body = new BodyBuffer()
  body.push(chunk)
  assert.equal(body.bytes.buffer, chunk.buffer)
  body.push(new Uint8Array([9]))
  assert.deepEqual([...body.bytes], [2, 3, 9])
  assert.deepEqual([...new Uint8Array(chunk.buffer)], [1, 2, 3, 4])
})
