import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleTrace } from './assemble-trace.ts'
import { causesOf } from './causes-of.ts'
import type { CauseService } from './trace-index.ts'

const times = { start_time: 100, end_time: 101 }

/** The names on the paths to faults: of each service, and of the entities in it. */
function faultsOf(...documents: object[]): unknown[] {
  const texts = documents.map((document) => JSON.stringify({ ...times, ...document }))
  return causesOf(assembleTrace('1-5759e988-bd862e3fe1be46a994272793', texts)).fault.map((path) => path.map(namesOf))
}

function namesOf({ name, inferred, entities }: CauseService): [service: string, ...entities: string[]] {
  return [inferred ? `${name} (inferred)` : name, ...entities.map((entity) => entity.name)]
}

test('causesOf() begins at the service though only a call in it failed', () => {
  const remote = { id: '2', name: 'payments', namespace: 'remote', fault: true, ...times }
  assert.deepEqual(faultsOf({ id: '1', name: 'shop', subsegments: [remote] }), [
    [['shop', 'shop', 'payments'], ['payments (inferred)', 'payments']],
  ])
})

test('causesOf() names what lies between the service and the failed call, also where it came by itself', () => {
  assert.deepEqual(
    faultsOf(
      { id: '1', name: 'shop' },
      { id: '2', name: 'step', type: 'subsegment', parent_id: '1' },
      { id: '3', name: 'charge', type: 'subsegment', parent_id: '2', fault: true },
    ),
    [[['shop', 'shop', 'step', 'charge']]],
  )
})

test('causesOf() begins at the first service that failed', () => {
  const call = { id: '2', name: 'payments', namespace: 'remote', ...times }
  assert.deepEqual(
    faultsOf(
      { id: '1', name: 'shop', subsegments: [call] },
      { id: '3', name: 'payments', parent_id: '2', fault: true },
    ),
    [[['payments', 'payments']]],
  )
})

test('causesOf() begins at a subsegment whose segment was not received', () => {
  assert.deepEqual(faultsOf({ id: '2', name: 'step', type: 'subsegment', parent_id: '1', fault: true }), [
    [['step', 'step']],
  ])
})
