import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { documentsOf } from '../component/batch.ts'
import { BufferPool } from '../bytes/buffer-pool.ts'
import { DocumentGroup } from '../segment/document-group.ts'
import { Backlog } from './backlog.ts'
import { Spool } from './spool.ts'
import type { SpoolRow } from './spool-row.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-backlog-'))
after(() => rmSync(folder, { recursive: true }))
let folders = 0
const open = (dir = join(folder, String(folders++))): Spool => new Spool({ dir, sync: 'normal', maxDeadBytes: 1e6 })
const block = (texts: readonly string[], trace: (i: number) => number = () => 0) => {
  const group = new DocumentGroup()
  texts.forEach((text, i) => {
    group.begin()
    group.writer.ascii(text)
    group.end(trace(i))
  })
  return group.take()
}
const names = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => `d${from + i}`)
const decoder = new TextDecoder()
const textsOf = (batch: ReturnType<Backlog['take']>): string[] =>
  batch === undefined ? [] : documentsOf(batch).map((document) => decoder.decode(document).slice(1, -1))

test('Backlog.take() packs small rows into one batch of at most 50, in order', () => {
  const spool = open()
  const backlog = new Backlog(spool, 1e6, new BufferPool(1))
  for (let i = 0; i < 12; i++) backlog.push(spool.commit(block(names(i * 7, 7)), [], [], i) as SpoolRow)
  assert.deepEqual([backlog.take(), backlog.take()].map(textsOf), [names(0, 50), names(50, 34)])
  assert.equal(backlog.take(), undefined)
  spool.close()
})

test('Backlog.take() keeps the segments of one trace together', () => {
  const spool = open()
  const backlog = new Backlog(spool, 1e6, new BufferPool(1))
  backlog.push(spool.commit(block(names(0, 60), (i) => 1 + Math.floor(i / 8)), [], [], 0) as SpoolRow)
  assert.equal(backlog.take()?.count, 48)
  assert.equal(backlog.take()?.count, 12)
  spool.close()
})

test('Backlog leaves on disk what goes over its memory, and reads it in order', () => {
  const spool = open()
  const backlog = new Backlog(spool, 200, new BufferPool(1))
  const all: string[] = []
  for (let i = 0; i < 20; i++) {
    backlog.push(spool.commit(block(names(i * 10, 10)), [], [], i) as SpoolRow)
    all.push(...names(i * 10, 10))
  }
  const got: string[] = []
  for (let batch = backlog.take(); batch !== undefined; batch = backlog.take()) {
    got.push(...textsOf(batch))
    spool.commit(undefined, backlog.finish(batch), [], 0)
  }
  assert.deepEqual(got, all)
  assert.equal(spool.contents().documents, 0)
  assert.equal(backlog.bytes, 0)
  spool.close()
})

test('Spool gives after a restart what was not delivered, and ids go on', () => {
  const dir = join(folder, 'restart')
  const first = open(dir)
  const backlog = new Backlog(first, 1e6, new BufferPool(1))
  for (let i = 0; i < 3; i++) backlog.push(first.commit(block(names(i * 50, 50)), [], [], i) as SpoolRow)
  const done = backlog.take()
  if (done !== undefined) first.commit(undefined, backlog.finish(done), [], 0)
  first.close()
  const second = open(dir)
  const again = new Backlog(second, 1e6, new BufferPool(1))
  assert.deepEqual([again.take(), again.take()].map(textsOf), [names(50, 50), names(100, 50)])
  assert.equal(second.commit(block(['x']), [], [], 0)?.id, 4)
  second.close()
})

test('a second Spool on the same folder refuses to open, and says why', () => {
  const dir = join(folder, 'shared')
  const first = open(dir)
  first.commit(block(['x']), [], [], 0)
  assert.throws(() => open(dir), /another rontgen has it open/)
  first.close()
  open(dir).close()
})
