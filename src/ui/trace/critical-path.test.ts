import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleTrace } from '../../trace/assemble-trace.ts'
import { criticalPath } from './critical-path.ts'

const idOf = (n: number): string => n.toString(16).padStart(16, '0')

test('criticalPath() goes through what was waited for last, and covers all of the time once', () => {
  const children = [['a', 1, 4], ['b', 2, 6], ['c', 7, 9], ['inside', 7.5, 8]]
  const subsegments = children.map(([name, start_time, end_time], i) => ({
    id: idOf(i + 2),
    name,
    start_time,
    end_time,
  }))
  const root = { id: idOf(1), trace_id: 't', name: 'root', start_time: 0, end_time: 10, subsegments }
  const path = criticalPath(assembleTrace('t', [JSON.stringify(root)]))
  assert.deepEqual(path.get(idOf(1)), [[9, 10], [6, 7], [0, 2]])
  assert.deepEqual(path.get(idOf(3)), [[2, 6]])
  assert.deepEqual(path.get(idOf(4)), [[7, 9]])
  assert.equal(path.has(idOf(2)), false)
  assert.equal(path.has(idOf(5)), false)
  const all = [...path.values()].flat().reduce((sum, [from, to]) => sum + to - from, 0)
  assert.ok(Math.abs(all - 10) < 1e-9)
})
