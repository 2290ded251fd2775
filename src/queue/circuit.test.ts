import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExportError, type ExportErrorOptions } from '../component/export-error.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { TestLog } from '../../test/support/test-queue.ts'
import { Circuit } from './circuit.ts'

function openCircuit(concurrency = 4) {
  const clock = new FakeClock()
  const log = new TestLog(clock)
  const backOff = { firstMs: 500, longestMs: 10_000 }
  const circuit = new Circuit(concurrency, backOff, log.events.exporter('xray'), clock, () => 7)
  const fail = (options: ExportErrorOptions = {}): void => circuit.failed(new ExportError('retryable', 'away', options))
  return { clock, log, circuit, fail }
}

test('a circuit lets as many requests go as the concurrency says, and one after a failure until one succeeds', async () => {
  const { clock, circuit, fail } = openCircuit()
  assert.deepEqual([circuit.room, circuit.pauseMs <= 0, circuit.isHealthy], [4, true, true])
  fail()
  assert.deepEqual([circuit.room, circuit.pauseMs, circuit.isHealthy], [1, 500, false])
  await clock.advance(500)
  assert.equal(circuit.pauseMs, 0)
  assert.equal(circuit.failingForMs, 500)
  circuit.succeeded()
  assert.deepEqual([circuit.room, circuit.isHealthy, circuit.failingForMs], [4, true, 0])
})

test('requests that fail together count as one failure, and the pause of the first one holds for all', async () => {
  const { clock, circuit, fail } = openCircuit()
  for (let i = 0; i < 4; i++) fail()
  assert.equal(circuit.pauseMs, 500)
  await clock.advance(500)
  fail()
  assert.equal(circuit.pauseMs, 1000)
})

test('pauses are random, from 0 up to one that doubles with each failure', () => {
  const { clock, circuit } = openCircuit()
  assert.deepEqual([0, 1, 2, 5, 100].map((failures) => circuit.retryAfterMs(failures)), [
    500,
    1000,
    2000,
    10_000,
    10_000,
  ])
  clock.jitterShare = 0.25
  assert.equal(circuit.retryAfterMs(1), 250)
})

test('a pause is at least as long as the backend asks for, up to five minutes', async () => {
  const { clock, circuit, fail } = openCircuit()
  fail({ retryAfterMs: 60_000 })
  assert.equal(circuit.pauseMs, 60_000)
  await clock.advance(60_000)
  fail({ retryAfterMs: 1e12 })
  assert.equal(circuit.pauseMs, 300_000)
})

test('a backend that throttles fails once less at a time does not help', async () => {
  const { clock, log, circuit, fail } = openCircuit()
  for (const limit of [2, 1]) {
    fail({ isThrottle: true })
    assert.deepEqual([circuit.limit, circuit.isHealthy], [limit, true])
    await clock.advance(5000)
  }
  fail({ isThrottle: true })
  assert.equal(circuit.isHealthy, false)
  assert.match(log.text, /WARN Delivery to xray is limited to 2 requests in flight: away/)
})

test('a failure is reported when it begins, once in five minutes while it lasts, and when it ends', async () => {
  const { clock, log, circuit, fail } = openCircuit()
  for (let ms = 0; ms <= 600_000; ms += 20_000) {
    fail()
    await clock.advance(20_000)
  }
  circuit.answered()
  assert.deepEqual(log.lines, [
    'WARN Delivery to xray fails: away. Incoming data is queued and sent once delivery recovers',
    'WARN Delivery to xray still fails after 300 s: away. 7 documents wait',
    'WARN Delivery to xray still fails after 600 s: away. 7 documents wait',
    'INFO Delivery to xray works again after 620.0 s; 7 documents wait',
  ])
})

test('a failure that a person must end is an error, once a minute', async () => {
  const { clock, log, fail } = openCircuit()
  for (let ms = 0; ms <= 60_000; ms += 20_000) {
    fail({ isUrgent: true })
    await clock.advance(20_000)
  }
  assert.deepEqual(log.lines.map((line) => line.slice(0, 35)), [
    'ERROR Delivery to xray fails: away.',
    'ERROR Delivery to xray still fails ',
  ])
})

test('a failure that a person must end is an error at once, though delivery failed for another reason before', async () => {
  const { clock, log, circuit, fail } = openCircuit()
  const fails = async (isUrgent: boolean): Promise<void> => {
    fail({ isUrgent })
    await clock.advance(20_000)
  }
  await fails(false)
  for (let i = 0; i < 3; i++) {
    await fails(true)
    await fails(false)
  }
  circuit.answered()
  await fails(true)
  assert.deepEqual(log.lines.map((line) => line.replace(/: away.*/, '')), [
    'WARN Delivery to xray fails',
    'ERROR Delivery to xray still fails after 20 s',
    'ERROR Delivery to xray still fails after 100 s',
    'INFO Delivery to xray works again after 140.0 s; 7 documents wait',
    'ERROR Delivery to xray fails',
  ])
})

test('Circuit.replaced() forgets all failures, and reports the first failure, and the end of the whole outage', async () => {
  const { clock, log, circuit, fail } = openCircuit()
  const lastFailure = () => log.events.exporter('xray').lastFailure
  for (let i = 0; i < 4; i++) {
    fail({ isThrottle: true })
    await clock.advance(10_000)
  }
  fail({ retryAfterMs: 60_000 })
  log.lines.length = 0
  circuit.replaced()
  assert.deepEqual([circuit.room, circuit.pauseMs <= 0, circuit.isHealthy, circuit.failingForMs], [4, true, true, 0])
  assert.equal(lastFailure(), undefined)
  assert.ok(!log.events.problems.some(({ kind }) => kind === 'xray failing'))
  fail()
  await clock.advance(5000)
  assert.equal(circuit.failingForMs, 5000)
  assert.equal(lastFailure()?.message, 'away')
  circuit.answered()
  assert.deepEqual(log.lines, [
    'WARN Delivery to xray fails: away. Incoming data is queued and sent once delivery recovers',
    'INFO Delivery to xray works again after 25.0 s; 7 documents wait',
  ])
})

test('Circuit.configure() changes the concurrency, and ends the pause', () => {
  const { circuit, fail } = openCircuit(2)
  fail({ retryAfterMs: 60_000 })
  circuit.configure(8)
  assert.ok(circuit.pauseMs <= 0)
  for (let i = 0; i < 100; i++) circuit.succeeded()
  assert.equal(circuit.room, 8)
})
