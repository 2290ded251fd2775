import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_DOCUMENT } from './limits.ts'
import { splitDocument } from './split-document.ts'

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const decode = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes))

test('splitDocument() returns a document that fits as it is', () => {
  const bytes = encode({ id: 'a', subsegments: [{ id: 'b' }] })
  assert.deepEqual(splitDocument(bytes), [bytes])
})

test('splitDocument() sends the largest subsegments on their own, with trace and parent', () => {
  const part = (id: string, size: number, subsegments?: object[]) => ({
    id,
    name: id,
    text: 'x'.repeat(size),
    ...(subsegments && { subsegments }),
  })
  const segment = {
    id: 'top',
    trace_id: '1-a-b',
    subsegments: [part('small', 10), part('big', 70_000, [part('inner', 60_000)]), part('mid', 30_000)],
  }
  const documents = splitDocument(encode(segment)).map(decode)
  const find = (id: string) => documents.find((document) => document.id === id)
  assert.deepEqual(documents.map(({ id }) => id).sort(), ['big', 'inner', 'top'])
  assert.deepEqual(find('top').subsegments.map(({ id }: { id: string }) => id), ['small', 'mid'])
  assert.equal(find('big').parent_id, 'top')
  assert.equal(find('inner').parent_id, 'big')
  for (const id of ['big', 'inner']) {
    assert.equal(find(id).type, 'subsegment')
    assert.equal(find(id).trace_id, '1-a-b')
  }
})

test('splitDocument() leaves what it cannot read', () => {
  for (const text of ['{"a":' + ' '.repeat(MAX_DOCUMENT), '[' + '1,'.repeat(40_000) + '1]']) {
    const bytes = new TextEncoder().encode(text)
    assert.deepEqual(splitDocument(bytes), [bytes])
  }
})
