import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { WakeUp } from './wake-up.ts'

function openWakeUp() {
  const clock = new FakeClock()
  const times: number[] = []
  return { clock, times, wakeUp: new WakeUp(clock, () => times.push(clock.monotonic())) }
}

test('WakeUp goes off once, at the earliest time that was asked for', async () => {
  const { clock, times, wakeUp } = openWakeUp()
  for (const ms of [500, 100, 300]) wakeUp.in(ms)
  await clock.advance(1000)
  assert.deepEqual(times, [100])
  wakeUp.in(50)
  await clock.advance(1000)
  assert.deepEqual(times, [100, 1050])
})

test('WakeUp.cancel() keeps it from going off', async () => {
  const { clock, times, wakeUp } = openWakeUp()
  wakeUp.in(100)
  wakeUp.cancel()
  await clock.advance(1000)
  assert.deepEqual([times, clock.timers], [[], 0])
})

test('WakeUp waits for at least a millisecond, and at most as long as a timer of the runtime can', async () => {
  const { clock, times, wakeUp } = openWakeUp()
  wakeUp.in(-5)
  await clock.advance(1)
  wakeUp.in(Infinity)
  await clock.advance(2 ** 31)
  assert.deepEqual(times, [1, 2 ** 31])
})
