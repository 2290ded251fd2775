import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assembleTrace } from '../../trace/assemble-trace.ts'
import { indexTrace } from '../../trace/index-trace.ts'
import { toTraceSummary } from './serializers.ts'

const times = { start_time: 100, end_time: 101 }
const call = { id: '2', name: 'payments', namespace: 'remote', fault: true, throttle: true, ...times }

function summaryOf(root: object) {
  return toTraceSummary(indexTrace(assembleTrace('1', [JSON.stringify({ id: '1', name: 'shop', ...times, ...root })])))
}

test('toTraceSummary() has the faults and errors of the root segment, and throttling anywhere, as X-Ray documents them', () => {
  const { HasFault, HasError, HasThrottle } = summaryOf({ subsegments: [call] })
  assert.deepEqual({ HasFault, HasError, HasThrottle }, { HasFault: false, HasError: false, HasThrottle: true })
  assert.equal(summaryOf({ fault: true, subsegments: [call] }).HasFault, true)
})

test('toTraceSummary() begins root causes at the service, and says whether the client of the trace met them', () => {
  const [cause] = summaryOf({ subsegments: [call] }).FaultRootCauses
  assert.equal(cause?.ClientImpacting, false)
  assert.deepEqual(cause?.Services.map(({ Name, Inferred }) => [Name, Inferred]), [['shop', false], ['payments', true]])
  assert.deepEqual(cause?.Services[0]?.EntityPath.map(({ Name, Remote }) => [Name, Remote]), [
    ['shop', false],
    ['payments', true],
  ])
  assert.equal(summaryOf({ fault: true, subsegments: [call] }).FaultRootCauses[0]?.ClientImpacting, true)
})
