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
    const id = spool.next(lane, from)
    const row = id === undefined ? undefined : spool.read(id)
    return row === undefined ? undefined : blocks.find(row.id) ?? blocks.read(row, [lane])
  }
  const backlog = new Backlog({
    read,
    contents: (from) => spool.contents(lane, from),
    sizes: (from, limit) => spool.sizes(lane, from, limit),
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
  assert.equal(spool.total().documents, 0)
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
