import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleTrace } from '../../trace/assemble-trace.ts'
import { clockShifts } from './clock-shifts.ts'

const idOf = (n: number): string => n.toString(16).padStart(16, '0')

test('clockShifts() puts a segment that begins before its caller into the middle of the call, with what is in it', () => {
  const trace = assembleTrace('t', [
    JSON.stringify({ id: idOf(1), trace_id: 't', name: 'caller', start_time: 10, end_time: 20 }),
    JSON.stringify({
      id: idOf(2),
      trace_id: 't',
      parent_id: idOf(1),
      name: 'called',
      start_time: 7,
      end_time: 11,
      subsegments: [{ id: idOf(3), name: 'in it', start_time: 8, end_time: 9 }],
    }),
    JSON.stringify({ id: idOf(4), trace_id: 't', parent_id: idOf(1), name: 'late', start_time: 25, end_time: 26 }),
  ])
  const shifts = clockShifts(trace)
  assert.equal(shifts.get(idOf(2)), 6)
  assert.equal(shifts.get(idOf(3)), 6)
  assert.equal(shifts.has(idOf(1)), false)
  assert.equal(shifts.has(idOf(4)), false)
})
