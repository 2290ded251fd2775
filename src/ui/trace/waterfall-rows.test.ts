import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleTrace } from '../../trace/assemble-trace.ts'
import { rowsOf } from './waterfall-rows.ts'

const idOf = (n: number): string => n.toString(16).padStart(16, '0')
/** A trace of [name, start, end, more] with a root of ten seconds around them. */
function traceOf(...children: (readonly [string, number, number, object?])[]) {
  const subsegments = children.map(([name, start_time, end_time, more], i) => ({
    id: idOf(i + 2),
    name,
    start_time,
    end_time,
    ...more,
  }))
  return assembleTrace('t', [
    JSON.stringify({ id: idOf(1), trace_id: 't', name: 'root', start_time: 0, end_time: 10, subsegments }),
  ])
}

const nothing = { folded: new Set<string>(), apart: new Set<string>() }

test('rowsOf() folds four alike siblings into one row, and shows them apart if asked', () => {
  const trace = traceOf(['q', 1, 2], ['q', 2, 3], ['q', 3, 4], ['q', 4, 5], ['other', 5, 6])
  assert.deepEqual(rowsOf(trace, nothing).map(({ segment, alike }) => [segment.name, alike.length]), [
    ['root', 1],
    ['q', 4],
    ['other', 1],
  ])
  assert.equal(rowsOf(trace, { ...nothing, apart: new Set([idOf(2)]) }).length, 6)
  assert.equal(rowsOf(trace, { ...nothing, folded: new Set([idOf(1)]) }).length, 1)
})

test('rowsOf() folds neither three, nor those that failed, nor those that do something else', () => {
  assert.equal(rowsOf(traceOf(['q', 1, 2], ['q', 2, 3], ['q', 3, 4]), nothing).length, 4)
  assert.equal(rowsOf(traceOf(['q', 1, 2], ['q', 2, 3], ['q', 3, 4, { fault: true }], ['q', 4, 5]), nothing).length, 5)
  const sql = (n: number) => ({ sql: { sanitized_query: `SELECT ${n}` } })
  assert.equal(
    rowsOf(traceOf(['q', 1, 2, sql(1)], ['q', 2, 3, sql(2)], ['q', 3, 4, sql(1)], ['q', 4, 5, sql(2)]), nothing).length,
    5,
  )
})

test('rowsOf() counts how often something that failed was tried again', () => {
  const trace = traceOf(['pay', 1, 2, { fault: true }], ['wait', 2, 3], ['pay', 3, 4, { throttle: true }], [
    'pay',
    5,
    6,
  ])
  assert.deepEqual(rowsOf(trace, nothing).map(({ segment, retry }) => [segment.name, retry]), [
    ['root', 0],
    ['pay', 0],
    ['wait', 0],
    ['pay', 1],
    ['pay', 2],
  ])
})
