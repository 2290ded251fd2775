import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from '../bytes/buffer-pool.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { TestLog } from '../../test/support/test-queue.ts'
import { blockOf, documentNames } from '../../test/support/test-spool.ts'
import { AgeClock } from './age-clock.ts'
import type { WaitingRows } from './backlog.ts'
import { HeldBlocks } from './held-blocks.ts'
import { Lane, type LaneSettings } from './lane.ts'

const nothing: WaitingRows = {
  read: () => undefined,
  contents: () => ({ documents: 0, bytes: 0, firstId: 0 }),
  sizes: () => [],
}

/** A lane in memory, of blocks that take a byte per byte on disk. */
function openLane(settings: Partial<LaneSettings>, waiting: WaitingRows = nothing) {
  const clock = new FakeClock()
  const log = new TestLog(clock)
  const blocks = new HeldBlocks(1 << 20, new BufferPool(1))
  const acknowledged: number[] = []
  const sender = new FakeSender()
  const answer = sender.hang()
  const parts = {
    waiting,
    blocks,
    report: log.events.exporter('local'),
    clock,
    ages: new AgeClock(clock, { nextId: 1, newest: undefined }),
    acknowledge: (rows: readonly number[]) => void acknowledged.push(...rows),
    isBlocked: () => false,
  }
  const lane = new Lane(1, 'local', parts, sender, {
    whenFull: 'push-back',
    maxBytes: 1000,
    concurrency: 1,
    batchWaitMs: 0,
    maxAgeMs: 1e9,
    backOff: { firstMs: 500, longestMs: 10_000 },
    ...settings,
  })
  let id = 1
  const push = (texts: readonly string[]): void => {
    const block = blockOf(texts)
    const row = { ...block, id: id++, created: clock.wall(), stored: block.bytes.length }
    lane.backlog.push(blocks.written(row, [1]))
    lane.dropOldest()
  }
  return { clock, log, lane, sender, answer, acknowledged, push, blocks }
}

test('a lane that pushes back is full once queue.maxBytes wait for it, and drops nothing', async () => {
  const { clock, lane, answer, acknowledged, push } = openLane({})
  for (let i = 0; i < 9; i++) push(['x'.repeat(98)])
  assert.deepEqual([lane.isFull, lane.state.bytes], [false, 900])
  push(['x'.repeat(98)])
  assert.deepEqual([lane.isFull, lane.state.documents, acknowledged], [true, 10, []])
  lane.delivery.start()
  answer()
  await clock.advance(100)
  assert.deepEqual([lane.isFull, lane.state.documents, lane.state.bytes], [false, 0, 0])
})

test('a lane that is full says so once, and once that it has room again, when a tenth is free', async () => {
  const { clock, log, lane, sender, answer, push } = openLane({})
  for (let i = 0; i < 12; i++) push(['x'.repeat(98)])
  lane.reportRoom()
  assert.deepEqual([lane.state.isFull, log.lines], [true, [
    'WARN local: the queue is full: 1.0 kB wait (queue.maxBytes); clients get 503 or UNAVAILABLE, and try again',
  ]])
  await clock.advance(30_000)
  lane.delivery.start()
  sender.answer = () => new Promise(() => {})
  answer()
  await clock.advance(100)
  assert.deepEqual([lane.state.isFull, log.lines.slice(1)], [false, [
    'INFO local: the queue has room again after 30 s',
  ]])
})

test('a lane that is full again and again says so once in ten seconds, and ends with how it is', async () => {
  const { clock, log, lane, push } = openLane({})
  const settings = { concurrency: 1, batchWaitMs: 0, maxAgeMs: 1e9, backOff: { firstMs: 1, longestMs: 1 } }
  const resize = (maxBytes: number): void => lane.configure({ ...settings, whenFull: 'push-back', maxBytes })
  for (let i = 0; i < 10; i++) push(['x'.repeat(98)])
  for (let i = 0; i < 20; i++) {
    resize(2000)
    resize(1050)
    resize(1000)
  }
  resize(2000)
  await clock.advance(60_000)
  resize(1000)
  assert.deepEqual(log.lines.map((line) => line.replace(/:? [^:]*$/, '')), [
    'WARN local: the queue is full',
    'INFO local',
    'WARN local: the queue is full',
  ])
})

test('a lane that drops its oldest documents is never full, keeps nine tenths, and counts what it dropped', () => {
  const { lane, log, acknowledged, push } = openLane({ whenFull: 'drop-oldest' })
  for (let i = 0; i < 10; i++) push(['x'.repeat(98)])
  assert.deepEqual([lane.isFull, lane.state.bytes, acknowledged], [false, 900, [1]])
  assert.equal(log.events.exporter('local').counters.dropped.of('queue-full'), 1)
  assert.match(log.text, /ERROR local: dropped the oldest waiting document: over queue.maxBytes/)
})

test('a lane drops nothing that is in flight', async () => {
  const { clock, lane, sender, answer, acknowledged, push } = openLane({ whenFull: 'drop-oldest' })
  push(documentNames(0, 30))
  lane.delivery.start()
  await clock.advance(0)
  for (let i = 0; i < 10; i++) push([`${i}${'x'.repeat(97)}`])
  assert.ok(acknowledged.length > 0 && !acknowledged.includes(1))
  answer()
  await clock.advance(100)
  assert.deepEqual(sender.accepted.slice(0, 30), documentNames(0, 30))
  assert.ok(sender.accepted.at(-1)?.startsWith('9'))
})

test('Lane.configure() changes what happens when it is full', () => {
  const { lane, push } = openLane({})
  for (let i = 0; i < 10; i++) push(['x'.repeat(98)])
  assert.equal(lane.isFull, true)
  const settings = { concurrency: 1, batchWaitMs: 0, maxAgeMs: 1e9, backOff: { firstMs: 1, longestMs: 1 } }
  lane.configure({ ...settings, whenFull: 'push-back', maxBytes: 2000 })
  assert.equal(lane.isFull, false)
  lane.configure({ ...settings, whenFull: 'drop-oldest', maxBytes: 500 })
  lane.dropOldest()
  assert.ok(lane.state.bytes <= 500)
})

test('a lane holds commits back only while it delivers, and more waits for it than it delivers soon', async () => {
  const { clock, lane, sender, answer, push } = openLane({ maxBytes: 1 << 20 })
  push(documentNames(0, 4000))
  assert.equal(lane.isAhead, false)
  lane.delivery.start()
  answer()
  // Two requests are answered, and the third one is not.
  let requests = 0
  sender.answer = () => (++requests < 3 ? undefined : new Promise(() => {}))
  await clock.advance(0)
  assert.equal(lane.isAhead, true)
  await clock.advance(1001)
  assert.equal(lane.isAhead, false)
})

test('a lane holds no commits back while some of what waits for it is on disk alone', async () => {
  const { clock, lane, sender, answer, push, blocks } = openLane({ maxBytes: 1 << 20 })
  push(documentNames(0, 4000))
  lane.delivery.start()
  answer()
  let requests = 0
  sender.answer = () => (++requests < 3 ? undefined : new Promise(() => {}))
  await clock.advance(0)
  assert.equal(lane.isAhead, true)
  blocks.maxLaneBytes = 0
  push(['d'])
  assert.equal(lane.isAhead, false)
})

test('a lane whose rows cannot be read says so, and neither its state nor a commit fails', () => {
  const broken = (): never => {
    throw new Error('disk I/O error')
  }
  const contents = () => ({ documents: 50, bytes: 5000, firstId: 1 })
  const { lane, log, push } = openLane({ whenFull: 'drop-oldest' }, { read: broken, contents, sizes: broken })
  assert.deepEqual([lane.state.documents, lane.state.oldestMs], [50, 0])
  push(['d'])
  assert.match(log.text, /ERROR local: Cannot drop the oldest documents: disk I\/O error/)
})
