import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from '../bytes/buffer-pool.ts'
import { textsOf } from '../../test/support/fake-sender.ts'
import { Backlog } from './backlog.ts'
import { HeldBlocks } from './held-blocks.ts'
import { blockOf, documentNames, openTestSpool } from '../../test/support/test-spool.ts'
import type { Spool } from './spool.ts'

/** A backlog of one lane over a spool, and what writes blocks for it. */
function openBacklog(spool: Spool, maxMemory = 1e6) {
  const lane = spool.lane('xray')
  const blocks = new HeldBlocks(maxMemory, new BufferPool(1))
  const read = (from: number) => {
    const id = spool.waiting.next(lane, from)
    const row = id === undefined ? undefined : spool.waiting.read(id)
    return row === undefined ? undefined : blocks.find(row.id) ?? blocks.read(row, [lane])
  }
  const backlog = new Backlog({
    read,
    contents: (from) => spool.waiting.contents(lane, from),
    sizes: (from, limit) => spool.waiting.sizes(lane, from, limit),
  }, blocks)
  const write = (texts: readonly string[], trace?: (i: number) => number, now = 0): void => {
    const row = spool.commit({ block: blockOf(texts, trace), lanes: [lane], acknowledged: [], deadLetters: [] }, now)
    if (row !== undefined) backlog.push(blocks.written(row, [lane]))
  }
  const acknowledge = (rows: readonly number[]): void =>
    void spool.commit({ lanes: [], acknowledged: [{ lane, rows }], deadLetters: [] }, 0)
  return { backlog, blocks, lane, write, acknowledge }
}

test('Backlog.take() packs small rows into one batch of at most 50, in order', () => {
  const spool = openTestSpool()
  const { backlog, write } = openBacklog(spool)
  for (let i = 0; i < 12; i++) write(documentNames(i * 7, 7))
  assert.deepEqual([backlog.take(), backlog.take()].map(textsOf), [documentNames(0, 50), documentNames(50, 34)])
  assert.equal(backlog.take(), undefined)
  spool.close()
})

test('Backlog.take() keeps the segments of one trace together', () => {
  const spool = openTestSpool()
  const { backlog, write } = openBacklog(spool)
  write(documentNames(0, 60), (i) => 1 + Math.floor(i / 8))
  assert.equal(backlog.take()?.count, 48)
  assert.equal(backlog.take()?.count, 12)
  spool.close()
})

test('Backlog leaves on disk what goes over its memory, and reads it in order', () => {
  const spool = openTestSpool()
  const { backlog, blocks, write, acknowledge } = openBacklog(spool, 200)
  const all: string[] = []
  for (let i = 0; i < 20; i++) {
    write(documentNames(i * 10, 10))
    all.push(...documentNames(i * 10, 10))
  }
  const delivered: string[] = []
  for (let batch = backlog.take(); batch !== undefined; batch = backlog.take()) {
    delivered.push(...textsOf(batch))
    acknowledge(backlog.finish(batch))
  }
  assert.deepEqual(delivered, all)
  assert.equal(spool.waiting.total().documents, 0)
  assert.equal(backlog.bytes, 0)
  assert.deepEqual(blocks.list, [])
  spool.close()
})

test('Backlog.dropOldest() gives up the oldest rows, in memory and on disk, and nothing that is handed out', () => {
  const spool = openTestSpool()
  const { backlog, write, acknowledge } = openBacklog(spool, 200)
  for (let i = 0; i < 20; i++) write(documentNames(i * 10, 10))
  const first = backlog.take()
  const before = backlog.bytes
  const { rows, documents } = backlog.dropOldest(before / 2)
  acknowledge(rows)
  assert.ok(backlog.bytes <= before / 2)
  assert.equal(documents, rows.length * 10)
  assert.equal(textsOf(first)[0], 'd0')
  const rest: string[] = []
  for (let batch = backlog.take(); batch !== undefined; batch = backlog.take()) rest.push(...textsOf(batch))
  assert.equal(rest.at(-1), 'd199')
  assert.equal(documents + rest.length + (first?.count ?? 0), 200)
  spool.close()
})

test('a second Backlog over the same blocks holds them too, and the last one to finish releases them', () => {
  const spool = openTestSpool()
  const { backlog, blocks, write } = openBacklog(spool)
  write(documentNames(0, 60))
  const [held] = blocks.list
  assert.ok(held !== undefined)
  const nothing = { read: () => undefined, contents: () => ({ documents: 0, bytes: 0, firstId: 0 }), sizes: () => [] }
  const other = new Backlog(nothing, blocks)
  other.push(held)
  for (const lane of [backlog, other]) {
    for (let batch = lane.take(); batch !== undefined; batch = lane.take()) lane.finish(batch)
    assert.equal(blocks.list.length, lane === backlog ? 1 : 0)
  }
  spool.close()
})

test('Backlog.dropOldest() drops at most 10,000 rows at a time, so that nothing else waits for long', () => {
  const spool = openTestSpool()
  const { blocks, lane } = openBacklog(spool)
  const rows = Array.from({ length: 25_000 }, (_, i) => ({ id: i + 1, documents: 2, bytes: 100 }))
  const waiting = {
    read: () => undefined,
    contents: () => ({ documents: 50_000, bytes: 2_500_000, firstId: 1 }),
    sizes: (from: number, limit: number) => rows.slice(from - 1, from - 1 + limit),
  }
  const backlog = new Backlog(waiting, blocks)
  assert.equal(backlog.dropOldest(0).rows.length, 10_000)
  assert.deepEqual([backlog.documents, backlog.bytes], [30_000, 1_500_000])
  assert.equal(backlog.dropOldest(1_400_000).documents, 2000)
  assert.ok(lane > 0)
  spool.close()
})

test('Backlog.dropOldest() counts right though the spool is rebuilt, and counted again, meanwhile', () => {
  const spool = openTestSpool()
  const { blocks } = openBacklog(spool)
  const rows = Array.from({ length: 3000 }, (_, i) => ({ id: i + 1, documents: 2, bytes: 100 }))
  const contents = (from: number) => {
    const left = rows.filter(({ id }) => id >= from)
    return { documents: left.length * 2, bytes: left.length * 100, firstId: left[0]?.id ?? 0 }
  }
  const backlog: Backlog = new Backlog({
    read: () => undefined,
    contents,
    sizes: (from, limit) => {
      if (from > 1) backlog.recount()
      return rows.slice(from - 1, from - 1 + limit)
    },
  }, blocks)
  assert.equal(backlog.dropOldest(100_000).rows.length, 2000)
  assert.deepEqual([backlog.documents, backlog.bytes], [2000, 100_000])
  spool.close()
})

test('Backlog.take() returns what it has though the next row cannot be read, and throws if that is the first', () => {
  const spool = openTestSpool()
  const { blocks, lane } = openBacklog(spool)
  let isBroken = false
  const backlog = new Backlog({
    read: (from) => {
      if (isBroken) throw new Error('disk I/O error')
      isBroken = true
      const row = spool.waiting.read(from)
      return row === undefined ? undefined : blocks.read(row, [lane])
    },
    contents: () => ({ documents: 20, bytes: 100, firstId: 1 }),
    sizes: () => [],
  }, blocks)
  spool.commit({ block: blockOf(documentNames(0, 10)), lanes: [lane], acknowledged: [], deadLetters: [] }, 0)
  assert.deepEqual(textsOf(backlog.take()), documentNames(0, 10))
  assert.throws(() => backlog.take(), /disk I\/O error/)
  assert.equal(backlog.documents, 10)
  spool.close()
})

test('Backlog does not wait for documents that were counted and are not there', () => {
  const spool = openTestSpool()
  const { blocks } = openBacklog(spool)
  const contents = { documents: 10, bytes: 100, firstId: 1 }
  const backlog = new Backlog({ read: () => undefined, contents: () => contents, sizes: () => [] }, blocks)
  assert.equal(backlog.take(), undefined)
  assert.deepEqual([backlog.documents, backlog.bytes], [0, 0])
  spool.close()
})

test('a Backlog that holds its share of memory takes none from another one', () => {
  const spool = openTestSpool()
  const { backlog: stuck, blocks, write } = openBacklog(spool, 500)
  for (let i = 0; i < 20; i++) write(documentNames(i * 10, 10))
  const nothing = { read: () => undefined, contents: () => ({ documents: 0, bytes: 0, firstId: 0 }), sizes: () => [] }
  const quick = new Backlog(nothing, blocks)
  const row = spool.commit({ block: blockOf(['new']), lanes: [1], acknowledged: [], deadLetters: [] }, 0)
  assert.ok(row !== undefined)
  const block = blocks.written(row, [1])
  for (const backlog of [stuck, quick]) backlog.push(block)
  assert.ok(!stuck.isHeld(row.id) && quick.isHeld(row.id))
  assert.ok(blocks.list.reduce((sum, held) => sum + held.row.bytes.length, 0) <= 2 * 500)
  spool.close()
})

test('Backlog says that its memory is full while as much is handed out as it may hold', () => {
  const spool = openTestSpool()
  const { backlog, write } = openBacklog(spool, 100)
  for (let i = 0; i < 4; i++) write(documentNames(i * 50, 50))
  const first = backlog.take()
  assert.ok(first !== undefined)
  assert.equal(backlog.isMemoryFull, true)
  backlog.finish(first)
  assert.equal(backlog.isMemoryFull, false)
  spool.close()
})

test('Backlog.partlyDelivered() returns the rows of which a part was delivered, and what is left', () => {
  const spool = openTestSpool()
  const { backlog, write } = openBacklog(spool)
  for (const from of [0, 120, 240]) write(documentNames(from, 120))
  const [first, second, third] = [backlog.take(), backlog.take(), backlog.take()]
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  backlog.finish(second)
  // The first row: its first 50 failed, 20 are not handed out after the third batch took them; the second row is whole.
  const rows = backlog.partlyDelivered([first, third])
  assert.deepEqual(rows.map(({ id, rest }) => [id, rest.ends.length]), [[1, 70]])
  const [row] = rows
  const text = new TextDecoder().decode(row?.rest.bytes)
  assert.deepEqual(JSON.parse(`[${text}]`), [...documentNames(0, 50), ...documentNames(100, 20)])
  spool.close()
})
