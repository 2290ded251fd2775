import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InFlightBytes } from './in-flight-bytes.ts'

test('InFlightBytes rejects bytes over its bound, and accepts them once there is room', () => {
  const inFlight = new InFlightBytes(100)
  inFlight.acquire(60)
  assert.throws(() => inFlight.acquire(41), { code: 'busy' })
  inFlight.acquire(40)
  inFlight.release(60)
  inFlight.acquire(60)
})

test('InFlightBytes has room for one request of any size', () => {
  const inFlight = new InFlightBytes(100)
  inFlight.acquire(1000)
  assert.throws(() => inFlight.acquire(1))
  inFlight.release(1000)
  inFlight.acquire(1)
})
