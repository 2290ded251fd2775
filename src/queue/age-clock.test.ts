import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExportError } from '../component/export-error.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { TestDelivery } from '../../test/support/test-delivery.ts'
import { documentNames } from '../../test/support/test-spool.ts'
import { AgeClock } from './age-clock.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 1, 25)

/** A clock for rows of which the first one of this run has the id 10. @param newest when the newest earlier one was written */
function openAges(newest: number | undefined, wall = START) {
  const clock = new FakeClock(wall)
  const ages = new AgeClock(clock, { nextId: 10, newest })
  const isOld = (id: number, created: number): boolean => ages.isOlder({ id, created }, 7 * DAY)
  return { clock, ages, isOld }
}

test('AgeClock: rows of an earlier run are too old after their time, if that run ended just now', () => {
  const { isOld } = openAges(START - 60_000)
  assert.deepEqual([isOld(1, START - 8 * DAY), isOld(9, START - 60_000)], [true, false])
})

test('AgeClock: no row is too old because the agent was away, or the clock jumped meanwhile, until a backend says so', () => {
  const { clock, ages, isOld } = openAges(START - 8 * DAY)
  assert.equal(isOld(1, START - 8 * DAY), false)
  ages.confirm(START - 8 * DAY)
  assert.equal(isOld(1, START - 8 * DAY), false)
  ages.confirm(START)
  assert.equal(isOld(1, START - 8 * DAY), true)
  clock.setWall(-10 * DAY)
  assert.equal(isOld(1, START - 8 * DAY), false)
})

test('AgeClock: no row of this run is too old before the run is as old, whatever the clock says', async () => {
  const { clock, ages, isOld } = openAges(undefined, 0)
  clock.setWall(START)
  ages.confirm(START)
  assert.equal(isOld(10, 0), false)
  await clock.advance(6 * DAY)
  assert.equal(isOld(10, START), false)
  await clock.advance(2 * DAY)
  ages.confirm(START + 8 * DAY)
  assert.deepEqual([isOld(10, START), isOld(11, START + 2 * DAY)], [true, false])
  // Written before the clock was set.
  assert.equal(isOld(10, 0), false)
})

test('AgeClock: a row of an earlier run is too old after it has waited that long in this one', async () => {
  const { clock, isOld } = openAges(0)
  assert.equal(isOld(1, 0), false)
  await clock.advance(7 * DAY + 1)
  assert.equal(isOld(1, 0), true)
})

test('AgeClock: a clock that jumps ahead makes nothing too old', () => {
  const { clock, isOld } = openAges(START - DAY)
  clock.setWall(30 * DAY)
  assert.deepEqual([isOld(1, START - DAY), isOld(10, START)], [false, false])
})

const outage = new ExportError('retryable', 'away')

test('documents do not expire by a clock that jumps ahead', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  const { sender, clock, deadLetters } = lane
  lane.push(documentNames(0, 60))
  clock.setWall(30 * 86_400_000)
  await clock.advance(60_000)
  assert.deepEqual(deadLetters, [])
  sender.answer = () => undefined
  await clock.advance(60_000)
  assert.equal(sender.accepted.length, 60)
})

test('many documents that are too old expire a part at a time', async () => {
  const lane = new TestDelivery(new FakeSender(() => outage))
  const { clock, deadLetters, delivery } = lane
  lane.push(documentNames(0, 2000))
  await clock.advance(3_590_000)
  assert.equal(deadLetters.length, 0)
  for (let i = 0; i < 200 && deadLetters.length === 0; i++) await clock.advance(100)
  assert.ok(deadLetters.length > 0 && deadLetters.length <= 550, `${deadLetters.length} at once`)
  // The writer of the spool pumps once they are written.
  for (let i = 0; i < 4; i++) {
    await clock.advance(50)
    delivery.pump()
  }
  assert.equal(deadLetters.length, 2000)
})
