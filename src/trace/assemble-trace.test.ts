import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleParsed } from './assemble-trace.ts'
import { indexTrace } from './index-trace.ts'

const segment = (id: string, parent_id: string | undefined, more: object = {}) => ({
  id,
  ...(parent_id === undefined ? {} : { parent_id }),
  name: 'shop',
  start_time: 100,
  end_time: 101,
  ...more,
})

test('assembleParsed() makes a root of the last segment of a ring, and keeps what hangs on it', () => {
  const { roots, segments } = assembleParsed('t', [
    segment('a', 'b'),
    segment('b', 'c'),
    segment('c', 'a'),
    segment('d', 'a'),
    segment('self', 'self'),
  ])
  assert.deepEqual(roots.map(({ id }) => id), ['c', 'self'])
  assert.deepEqual(segments.get('c')?.children.map(({ id }) => id), ['b'])
  assert.deepEqual(segments.get('a')?.children.map(({ id }) => id), ['d'])
})

test('assembleParsed() and indexTrace() take a chain of 200,000 segments, in whatever order they come', () => {
  const chain = Array.from(
    { length: 200_000 },
    (_, i) => segment(`s${i}`, i === 0 ? undefined : `s${i - 1}`, { fault: i % 2 === 0 }),
  )
  for (const documents of [chain, chain.toReversed()]) {
    const index = indexTrace(assembleParsed('t', documents))
    assert.equal(index.segmentCount, 200_000)
    assert.equal(index.causes.fault.length, 10)
  }
})

test('indexTrace() takes a subsegment with 20,000 subsegments and as many calls below it', () => {
  const documents = [
    segment('root', undefined),
    segment('batch', 'root', { type: 'subsegment', namespace: 'remote' }),
    ...Array.from({ length: 20_000 }, (_, i) =>
      segment(`part ${i}`, 'batch', {
        type: 'subsegment',
        cause: { exceptions: [{ message: 'x'.repeat(100) }] },
        annotations: { [`key ${i}`]: i },
      })),
    ...Array.from({ length: 20_000 }, (_, i) => segment(`called ${i}`, 'batch')),
  ]
  const index = indexTrace(assembleParsed('t', documents))
  assert.equal(index.calls.length, 20_001)
  assert.ok(JSON.stringify(index).length < 50_000_000)
})

test('indexTrace() ignores segments whose times are none, and finds services with names of objects’ members', () => {
  const names = ['constructor', '__proto__', 'toString']
  const index = indexTrace(assembleParsed('t', [
    segment('odd', undefined, { start_time: 1e300 }),
    segment('late', undefined, { end_time: 1.7e308 }),
    ...names.map((name, i) => segment(`${i}`, undefined, { type: 'subsegment', namespace: 'aws', name })),
  ]))
  assert.equal(index.segmentCount, 4)
  assert.equal(index.duration, 1)
  assert.deepEqual(index.summaries.map(({ name }) => name), ['shop', ...names])
})
