import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch } from '../component/batch.ts'
import { ExportError, type FailedDocument } from '../component/export-error.ts'
import { BufferPool } from '../bytes/buffer-pool.ts'
import { textsOf } from '../../test/support/fake-sender.ts'
import { blockOf, documentNames } from '../../test/support/test-spool.ts'
import type { Row } from './backlog.ts'
import { afterPartialSuccess, afterRejection, splitExpired } from './dead-letter-policy.ts'
import { HeldBlocks } from './held-blocks.ts'

const blocks = new HeldBlocks(1 << 20, new BufferPool(1))

/** A batch of two rows, the first of which was written at 1000, the second at 2000. */
function batchOf(first: readonly string[], second: readonly string[]): Batch<Row> {
  const parts = [first, second].map((texts, i) => {
    const block = blockOf(texts)
    const row = { ...block, id: i, created: 1000 + i * 1000, stored: 0 }
    return { block: { ...row, left: texts.length, block: blocks.read(row, [1]) }, from: 0, to: texts.length }
  })
  return { parts, count: first.length + second.length }
}

const batch = batchOf(documentNames(0, 3), documentNames(3, 2))
const permanent = new ExportError('permanent', 'no good')
const failed = (index: number, isRetryable: boolean): FailedDocument => ({
  index,
  isRetryable,
  code: 'Code',
  reason: `reason ${index}`,
})
const partial = (...documents: FailedDocument[]): ExportError => new ExportError('partial', '', { failed: documents })

test('afterRejection() halves a batch; a single document becomes a dead letter', () => {
  const { delivered, again, dead } = afterRejection(batch, permanent)
  assert.deepEqual([textsOf(delivered), again.map(textsOf), dead], [[], [['d0', 'd1'], ['d2', 'd3', 'd4']], []])
  const [half] = afterRejection(batchOf(['a'], ['b']), permanent).again
  assert.ok(half !== undefined)
  const last = afterRejection(half, permanent)
  assert.deepEqual(last.again, [])
  assert.deepEqual(last.dead.map(({ batch, ...rest }) => ({ ...rest, texts: textsOf(batch) })), [
    { texts: ['a'], reason: 'rejected', message: 'no good' },
  ])
})

test('afterPartialSuccess() sends again what may pass, and gives up the rest, each with its reason', () => {
  const { delivered, again, dead } = afterPartialSuccess(
    batch,
    partial(failed(4, true), failed(0, true), failed(2, false)),
  )
  assert.deepEqual(textsOf(delivered), ['d1', 'd3'])
  assert.deepEqual(again.map(textsOf), [['d0', 'd4']])
  assert.deepEqual(dead.map(({ batch, reason, message }) => [textsOf(batch), reason, message]), [
    [['d2'], 'unprocessed', 'reason 2'],
  ])
})

test('afterPartialSuccess() of a backend that names no document, or one that it was not sent, delivers the batch', () => {
  for (const error of [partial(), partial(failed(5, false), failed(-1, true))]) {
    const { delivered, again, dead } = afterPartialSuccess(batch, error)
    assert.deepEqual([textsOf(delivered), again, dead], [documentNames(0, 5), [], []])
  }
})

test('afterPartialSuccess() counts a document once that is named twice', () => {
  const { delivered, again, dead } = afterPartialSuccess(batch, partial(failed(1, true), failed(1, false)))
  assert.deepEqual([textsOf(delivered), again.length, dead.length], [['d0', 'd2', 'd3', 'd4'], 0, 1])
})

test('splitExpired() parts documents by when they were written', () => {
  const texts = (oldest: number): string[][] => {
    const { expired, rest } = splitExpired(batch, ({ created }) => created < oldest)
    return [textsOf(expired), textsOf(rest)]
  }
  assert.deepEqual(texts(1000), [[], documentNames(0, 5)])
  assert.deepEqual(texts(1001), [documentNames(0, 3), documentNames(3, 2)])
  assert.deepEqual(texts(2001), [documentNames(0, 5), []])
})
