import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleTrace } from '../trace/assemble-trace.ts'
import { clockShifts, criticalPath, rowsOf } from './waterfall-rows.ts'

const id = (n: number): string => n.toString(16).padStart(16, '0')
const nothing = { folded: new Set<string>(), apart: new Set<string>() }
/** A trace of [name, start, end, more] with a root of ten seconds around them. */
function traceOf(...children: (readonly [string, number, number, object?])[]) {
  const subsegments = children.map(([name, start_time, end_time, more], i) => ({
    id: id(i + 2),
    name,
    start_time,
    end_time,
    ...more,
  }))
  return assembleTrace('t', [
    JSON.stringify({ id: id(1), trace_id: 't', name: 'root', start_time: 0, end_time: 10, subsegments }),
  ])
}

test('rowsOf() folds four alike siblings into one row, and shows them apart if asked', () => {
  const trace = traceOf(['q', 1, 2], ['q', 2, 3], ['q', 3, 4], ['q', 4, 5], ['other', 5, 6])
  assert.deepEqual(rowsOf(trace, nothing).map(({ segment, alike }) => [segment.name, alike.length]), [
    ['root', 1],
    ['q', 4],
    ['other', 1],
  ])
  assert.equal(rowsOf(trace, { ...nothing, apart: new Set([id(2)]) }).length, 6)
  assert.equal(rowsOf(trace, { ...nothing, folded: new Set([id(1)]) }).length, 1)
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

test('criticalPath() goes through what was waited for last, and covers all of the time once', () => {
  const path = criticalPath(traceOf(['a', 1, 4], ['b', 2, 6], ['c', 7, 9], ['inside', 7.5, 8]))
  assert.deepEqual(path.get(id(1)), [[9, 10], [6, 7], [0, 2]])
  assert.deepEqual(path.get(id(3)), [[2, 6]])
  assert.deepEqual(path.get(id(4)), [[7, 9]])
  assert.equal(path.has(id(2)), false)
  assert.equal(path.has(id(5)), false)
  const all = [...path.values()].flat().reduce((sum, [from, to]) => sum + to - from, 0)
  assert.ok(Math.abs(all - 10) < 1e-9)
})

test('clockShifts() puts a segment that begins before its caller into the middle of the call, with what is in it', () => {
  const trace = assembleTrace('t', [
    JSON.stringify({ id: id(1), trace_id: 't', name: 'caller', start_time: 10, end_time: 20 }),
    JSON.stringify({
      id: id(2),
      trace_id: 't',
      parent_id: id(1),
      name: 'called',
      start_time: 7,
      end_time: 11,
      subsegments: [{ id: id(3), name: 'in it', start_time: 8, end_time: 9 }],
    }),
    JSON.stringify({ id: id(4), trace_id: 't', parent_id: id(1), name: 'late', start_time: 25, end_time: 26 }),
  ])
  const shifts = clockShifts(trace)
  assert.equal(shifts.get(id(2)), 6)
  assert.equal(shifts.get(id(3)), 6)
  assert.equal(shifts.has(id(1)), false)
  assert.equal(shifts.has(id(4)), false)
})
