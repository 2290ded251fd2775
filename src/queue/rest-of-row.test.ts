import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentsOf } from '../component/batch.ts'
import { blockOf, documentNames } from '../../test/support/test-spool.ts'
import { restOfRow } from './rest-of-row.ts'
import { rowOf } from './spool-row.ts'

test('restOfRow() lays parts of a row out as a block that can be stored', () => {
  const row = blockOf(documentNames(0, 20), (i) => 100 + i)
  const rest = restOfRow([{ block: row, from: 2, to: 4 }, { block: row, from: 9, to: 10 }, {
    block: row,
    from: 19,
    to: 20,
  }])
  const batch = { parts: [{ block: rest, from: 0, to: 4 }], count: 4 }
  assert.deepEqual(documentsOf(batch).map((bytes) => new TextDecoder().decode(bytes)), [
    '"d2"',
    '"d3"',
    '"d9"',
    '"d19"',
  ])
  assert.deepEqual([...rest.traces], [102, 103, 109, 119])
  const words = (array: Uint32Array): Uint8Array => new Uint8Array(array.buffer)
  const stored = { id: 1, created: 0, bytes: rest.bytes, ends: words(rest.ends), traces: words(rest.traces) }
  assert.equal(rowOf(stored)?.ends.length, 4)
})
