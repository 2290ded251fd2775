import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockOf, documentNames } from '../../test/support/test-spool.ts'
import { idRanges, rowOf, storedBlock } from './spool-row.ts'

/** The columns of a block, as SQLite returns them. */
const columnsOf = (texts: readonly string[]) => ({ id: 1, created: 5, ...storedBlock(blockOf(texts)) })
const wordsOf = (...words: number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer)

test('rowOf() reads what storedBlock() returned, compressed or not', () => {
  for (const texts of [documentNames(0, 3), documentNames(0, 3000)]) {
    const block = blockOf(texts)
    const columns = columnsOf(texts)
    const row = rowOf(columns)
    assert.deepEqual(new Uint8Array(row?.bytes ?? []), block.bytes)
    assert.deepEqual([row?.ends, row?.traces, row?.stored], [block.ends, block.traces, columns.bytes.length])
  }
  assert.ok(columnsOf(documentNames(0, 3000)).bytes.length < blockOf(documentNames(0, 3000)).bytes.length)
  assert.equal(rowOf(undefined), undefined)
})

test('rowOf() throws on a row whose columns are not what they must be', () => {
  const columns = columnsOf(['a', 'b\\",\\"c', 'd'])
  const { bytes } = columns
  assert.equal(rowOf(columns)?.ends.length, 3)
  for (
    const damaged of [
      { ...columns, bytes: 'text' },
      { ...columns, ends: null },
      { ...columns, ends: new Uint8Array(11) },
      { ...columns, traces: wordsOf(0) },
      { ...columns, ends: wordsOf(), traces: wordsOf() },
      { ...columns, ends: wordsOf(3, 9, bytes.length) },
      { ...columns, ends: wordsOf(3, 3, bytes.length) },
      { ...columns, ends: wordsOf(3, 14, bytes.length + 1) },
      { ...columns, bytes: bytes.subarray(0, 5) },
      { ...columns, bytes: bytes.with(0, 0x20) },
      { ...columns, bytes: new Uint8Array(0), ends: wordsOf(0), traces: wordsOf(0) },
    ]
  ) {
    assert.throws(
      () => rowOf(damaged),
      /Cannot read row 1 of the spool: (it is malformed|its columns are of the wrong type)/,
    )
  }
})

test('rowOf() throws on compressed bytes that were changed', () => {
  const columns = columnsOf(documentNames(0, 3000))
  const changed = columns.bytes.slice()
  changed[200] = (changed[200] ?? 0) ^ 0x10
  assert.throws(() => rowOf({ ...columns, bytes: changed }))
})

test('idRanges() joins ids that follow each other, in any order', () => {
  assert.deepEqual(idRanges([7, 3, 4, 5, 9, 8, 4]), [[3, 5], [7, 9]])
  assert.deepEqual(idRanges([]), [])
})
