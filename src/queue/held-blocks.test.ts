import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from '../bytes/buffer-pool.ts'
import { HeldBlocks } from './held-blocks.ts'
import type { SpoolRow } from './spool-row.ts'

/** A row whose bytes fill a part of a buffer, or all of it. */
function rowIn(buffer: Uint8Array<ArrayBuffer>, length: number): SpoolRow {
  const bytes = buffer.subarray(0, length)
  return { id: 1, created: 0, bytes, ends: Uint32Array.of(length), traces: Uint32Array.of(0), stored: length }
}

test('the last lane that releases a block returns its buffer to the pool', () => {
  const pool = new BufferPool(2)
  const blocks = new HeldBlocks(1000, pool)
  const buffer = new Uint8Array(100)
  const block = blocks.written(rowIn(buffer, 60), [1, 2])
  blocks.hold(block)
  blocks.hold(block)
  assert.equal(blocks.find(1), block)
  blocks.release(block)
  assert.notEqual(pool.acquire(100).buffer, buffer.buffer)
  assert.deepEqual(blocks.list, [block])
  blocks.release(block)
  assert.equal(blocks.find(1), undefined)
  assert.equal(pool.acquire(100).buffer, buffer.buffer)
})

test('the buffer of a block that no lane holds is returned at once', () => {
  const pool = new BufferPool(2)
  const blocks = new HeldBlocks(1000, pool)
  const buffer = new Uint8Array(100)
  blocks.discard(blocks.written(rowIn(buffer, 60), []))
  assert.equal(pool.acquire(100).buffer, buffer.buffer)
})

test('a buffer that did not come from the pool does not go there, nor one that a request may still read', () => {
  const pool = new BufferPool(4)
  const blocks = new HeldBlocks(1000, pool)
  const buffers = [new Uint8Array(100), new Uint8Array(100), new Uint8Array(100)] as const
  const abandoned = blocks.written(rowIn(buffers[2], 60), [1])
  abandoned.isPooled = false
  for (
    const block of [blocks.written(rowIn(buffers[0], 100), [1]), blocks.read(rowIn(buffers[1], 60), [1]), abandoned]
  ) {
    blocks.hold(block)
    blocks.release(block)
  }
  const next = pool.acquire(100).buffer
  assert.ok(buffers.every(({ buffer }) => buffer !== next))
})
