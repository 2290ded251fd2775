import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from './buffer-pool.ts'

test('BufferPool uses buffers again, but keeps no large ones', () => {
  const pool = new BufferPool(2)
  const small = pool.acquire(1000)
  pool.release(small)
  assert.equal(pool.acquire(10), small)
  const large = pool.acquire(BufferPool.MAX_KEPT + 1)
  pool.release(large)
  assert.notEqual(pool.acquire(10), large)
})
