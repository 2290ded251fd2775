import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from '../bytes/buffer-pool.ts'
import { blockOf } from '../../test/support/test-spool.ts'
import { decompress } from '../sqlite/compress.ts'
import { Acknowledgements } from './acknowledgements.ts'
import type { DeadBatch } from './dead-letter-policy.ts'
import { HeldBlocks } from './held-blocks.ts'

const blocks = new HeldBlocks(1 << 20, new BufferPool(1))
const decoder = new TextDecoder()

/** A batch of one document that was rejected. */
function rejected(text: string): DeadBatch & { readonly bytes: Uint8Array } {
  const block = blockOf([text])
  const row = { ...block, id: 1, created: 0, stored: 0 }
  const part = { block: { ...row, left: 1, block: blocks.read(row, [1]) }, from: 0, to: 1 }
  return { batch: { parts: [part], count: 1 }, reason: 'rejected', message: 'no', bytes: block.bytes }
}

test('Acknowledgements collects rows by lane, and dead letters, until they are committed', () => {
  const acknowledgements = new Acknowledgements()
  assert.ok(acknowledgements.isEmpty)
  acknowledgements.add(1, [3, 4], undefined, 0)
  acknowledgements.add(2, [3], undefined, 0)
  acknowledgements.add(1, [5], rejected('d'), 7)
  assert.deepEqual(acknowledgements.rows, [{ lane: 1, rows: [3, 4, 5] }, { lane: 2, rows: [3] }])
  assert.deepEqual([acknowledgements.rowsOf(2), acknowledgements.rowsOf(3)], [[3], []])
  assert.deepEqual(
    acknowledgements.deadLetters.map(({ document, ...rest }) => ({ ...rest, text: decoder.decode(document) })),
    [{ lane: 1, time: 7, reason: 'rejected', message: 'no', text: '"d"' }],
  )
  acknowledgements.clear()
  assert.ok(acknowledgements.isEmpty)
})

test('Acknowledgements copies dead letters, as the buffers that they are in are used again', () => {
  const acknowledgements = new Acknowledgements()
  const dead = rejected('d')
  acknowledgements.add(1, [], dead, 0)
  dead.bytes.fill(0)
  assert.equal(decoder.decode(acknowledgements.deadLetters[0]?.document), '"d"')
})

test('Acknowledgements compresses dead letters', () => {
  const acknowledgements = new Acknowledgements()
  acknowledgements.add(1, [], rejected('x'.repeat(10_000)), 0)
  const [{ document } = { document: new Uint8Array() }] = acknowledgements.deadLetters
  assert.ok(document.length < 1000, `${document.length} bytes`)
  assert.equal(decoder.decode(decompress(document)), `"${'x'.repeat(10_000)}"`)
})

test('Acknowledgements is full for a lane while it holds 4 MiB of its dead letters, however many rows it holds', () => {
  const acknowledgements = new Acknowledgements()
  acknowledgements.add(1, Array.from({ length: 100_000 }, (_, i) => i), undefined, 0)
  for (let i = 0; i < 4; i++) {
    assert.equal(acknowledgements.isFull(1), false)
    acknowledgements.add(1, [], rejected('x'.repeat(1 << 20)), 0)
  }
  assert.equal(acknowledgements.isFull(1), true)
  assert.equal(acknowledgements.isFull(2), false)
  acknowledgements.clear()
  assert.equal(acknowledgements.isFull(1), false)
})

test('Acknowledgements names the rows that may be deleted before dead letters are written', () => {
  const acknowledgements = new Acknowledgements()
  acknowledgements.add(1, [1, 2], rejected('d'), 0)
  acknowledgements.add(2, [1, 3], undefined, 0)
  assert.deepEqual(acknowledgements.deliveredRows, [{ lane: 1, rows: [2] }, { lane: 2, rows: [1, 3] }])
  acknowledgements.clearDelivered()
  assert.deepEqual(acknowledgements.rows, [{ lane: 1, rows: [1] }])
  assert.deepEqual(acknowledgements.deliveredRows, [])
  assert.equal(acknowledgements.deadLetters.length, 1)
})
