import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch } from '../../component/batch.ts'
import { ExportError } from '../../component/export-error.ts'
import { DocumentGroup } from '../../segment/document-group.ts'
import { checkUnprocessed } from './check-unprocessed.ts'

/** A batch of documents, of which those without an id are `undefined`. */
function batchOf(ids: readonly (string | undefined)[]): Batch {
  const group = new DocumentGroup()
  for (const id of ids) {
    group.begin()
    group.writer.ascii(JSON.stringify(JSON.stringify(id === undefined ? {} : { id })).slice(1, -1))
    group.end(0)
  }
  return { parts: [{ block: group.take(), from: 0, to: ids.length }], count: ids.length }
}

/** The error for an answer with these entries; undefined if there is none. */
function errorFor(ids: readonly (string | undefined)[], unprocessed: unknown): ExportError | undefined {
  try {
    checkUnprocessed(batchOf(ids), JSON.stringify({ UnprocessedTraceSegments: unprocessed }))
    return undefined
  } catch (error) {
    assert.ok(error instanceof ExportError)
    return error
  }
}

test('checkUnprocessed() accepts an answer that names no document', () => {
  assert.equal(errorFor(['a'], []), undefined)
  assert.doesNotThrow(() => checkUnprocessed(batchOf(['a']), '{"UnprocessedTraceSegments" : [ ]}'))
  assert.doesNotThrow(() => checkUnprocessed(batchOf(['a']), '{}'))
  assert.doesNotThrow(() => checkUnprocessed(batchOf(['a']), '{"more":1,"UnprocessedTraceSegments":[]}\n'))
})

test('checkUnprocessed() finds the documents by their ids, and marks those that may be retried', () => {
  const error = errorFor(['a', 'b', 'c'], [
    { Id: 'b', ErrorCode: 'ThrottledException', Message: 'slow down' },
    { Id: 'c', ErrorCode: 'InvalidSegment', Message: 'no' },
  ])
  assert.equal(error?.kind, 'partial')
  assert.deepEqual(error?.failed, [
    { index: 1, code: 'ThrottledException', isRetryable: true, reason: 'ThrottledException: slow down' },
    { index: 2, code: 'InvalidSegment', isRetryable: false, reason: 'InvalidSegment: no' },
  ])
})

test('checkUnprocessed() retries each document without an id if X-Ray names none', () => {
  const error = errorFor(['a', undefined, 'c', undefined], [{ ErrorCode: 'MissingId', Message: 'no id' }])
  assert.equal(error?.kind, 'partial')
  assert.deepEqual(error?.failed.map(({ index, isRetryable }) => [index, isRetryable]), [[1, true], [3, true]])
})

test('checkUnprocessed() throws a permanent error if X-Ray does not say which document it means', () => {
  assert.equal(errorFor(['a', 'b'], [{ Id: 'z', ErrorCode: 'E', Message: '' }])?.kind, 'permanent')
  assert.equal(errorFor([undefined, undefined], [{ ErrorCode: 'E' }])?.kind, 'permanent')
})

test('checkUnprocessed() throws a retryable error for whatever X-Ray does not answer', () => {
  const answers = [
    '<html>',
    '',
    '[]',
    'null',
    '"ok"',
    '{"status":"ok"}',
    '{"message":"Internal error"}',
    '{"UnprocessedTraceSegments":null}',
    '{"UnprocessedTraceSegments":{}}',
    '{"UnprocessedTraceSegments":[]',
    '<p>"UnprocessedTraceSegments":[]</p>',
  ]
  for (const answer of answers) {
    assert.throws(
      () => checkUnprocessed(batchOf(['a']), answer),
      { name: 'ExportError', kind: 'retryable', isUrgent: true, message: /What answers is not X-Ray/ },
      answer,
    )
  }
})
