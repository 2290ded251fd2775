import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InFlightBytes } from './in-flight-bytes.ts'

test('InFlightBytes refuses what goes over its bound, and takes it once there is room', () => {
  const inbound = new InFlightBytes(100)
  inbound.take(60)
  assert.throws(() => inbound.take(41), { name: 'BusyError' })
  inbound.take(40)
  inbound.give(60)
  inbound.take(60)
})

test('InFlightBytes has room for one request of any size', () => {
  const inbound = new InFlightBytes(100)
  inbound.take(1000)
  assert.throws(() => inbound.take(1))
  inbound.give(1000)
  inbound.take(1)
})
