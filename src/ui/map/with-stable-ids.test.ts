import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../api.ts'
import { withStableIds } from './with-stable-ids.ts'

const none = { ThrottleCount: 0, OtherCount: 0, TotalCount: 0 }
const figures = {
  SummaryStatistics: {
    OkCount: 0,
    ErrorStatistics: none,
    FaultStatistics: none,
    TotalCount: 0,
    TotalResponseTime: 0,
  },
  ResponseTimeHistogram: [],
  StartTime: 0,
  EndTime: 0,
}

function service(Name: string, ReferenceId: number, calls: readonly number[] = []): Service {
  const Edges = calls.map((called) => ({ ...figures, ReferenceId: called, Aliases: [] }))
  return { ...figures, DurationHistogram: [], Name, Names: [Name], ReferenceId, Root: false, State: 'active', Edges }
}

const shape = (services: readonly Service[]) =>
  services.map(({ Name, ReferenceId, Edges }) => [Name, ReferenceId, Edges.map((edge) => edge.ReferenceId)])

test('withStableIds() keeps the ids and the order of services when an answer has others', () => {
  const ids = new Map<string, number>()
  const first = withStableIds([service('shop', 7, [9]), service('db', 9)], ids)
  assert.deepEqual(shape(first), [['shop', 0, [1]], ['db', 1, []]])
  const second = withStableIds([service('new', 1), service('db', 2), service('shop', 3, [1, 2])], ids)
  assert.deepEqual(shape(second), [['shop', 0, [1, 2]], ['db', 1, []], ['new', 2, []]])
})

test('withStableIds() forgets services that are gone once there are many', () => {
  const ids = new Map<string, number>()
  withStableIds([service('shop', 0)], ids)
  for (let i = 0; i < 3000; i++) withStableIds([service('shop', 0), service(`pod ${i}`, 1)], ids)
  assert.ok(ids.size <= 1001)
  assert.deepEqual(shape(withStableIds([service('pod 2999', 0), service('shop', 1)], ids))[0], ['shop', 0, []])
})
