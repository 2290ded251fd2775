import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { RateLimit } from './rate-limit.ts'

function openLimit(intervalMs?: number) {
  const clock = new FakeClock()
  const limit = new RateLimit(clock, intervalMs)
  const written: string[] = []
  const add = (count: number): void =>
    limit.run(count, (sum, when) => written.push(`${clock.monotonic()}: ${sum}${when}`))
  return { clock, limit, written, add }
}

test('RateLimit writes the first call at once, and the sum of those within a second after it at its end', async () => {
  const { clock, written, add } = openLimit()
  add(4)
  await clock.advance(300)
  add(1)
  add(2)
  await clock.advance(699)
  assert.deepEqual(written, ['0: 4'])
  await clock.advance(60_000)
  assert.deepEqual(written, ['0: 4', '1000: 3 in the last second'])
})

test('RateLimit writes once per interval while calls go on, and at once again after an interval without one', async () => {
  const { clock, written, add } = openLimit(60_000)
  for (let i = 0; i < 5; i++) {
    add(1)
    await clock.advance(20_000)
  }
  await clock.advance(200_000)
  add(1)
  assert.deepEqual(written, ['0: 1', '60000: 2 in the last 60 s', '120000: 2 in the last 60 s', '300000: 1'])
})

test('RateLimit.flush() writes what is held back, and leaves nothing to write at the end of the interval', async () => {
  const { clock, limit, written, add } = openLimit(60_000)
  limit.flush()
  add(1)
  add(5)
  await clock.advance(5000)
  limit.flush()
  limit.flush()
  await clock.advance(120_000)
  assert.deepEqual(written, ['0: 1', '5000: 5 in the last 5 s'])
})
