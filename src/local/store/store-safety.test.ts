import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { compressText, decompressText } from '../../sqlite/compress.ts'
import { LocalStore } from './local-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-store-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const open = (more: Partial<ConstructorParameters<typeof LocalStore>[0]> = {}): LocalStore =>
  new LocalStore({
    file: join(folder, `${files++}.sqlite`),
    maxBytes: 1e9,
    maxAgeMs: 1e9,
    failed: (error) => {
      throw error
    },
    ...more,
  })
const now = Math.floor(Date.now() / 1000)
const id = (n: number): string => `1-${now.toString(16)}-${n.toString(16).padStart(24, '0')}`
const segment = (n: number, more: object = {}): string =>
  JSON.stringify({
    trace_id: id(n),
    id: n.toString(16).padStart(16, '0'),
    name: 'shop',
    start_time: now,
    end_time: now + 1,
    ...more,
  })
const all = { from: 0, to: now + 100, limit: 1000 }
const idsIn = (store: LocalStore): string[] => store.find(all).traces.map(({ id: found }) => found).sort()
const shopIn = (store: LocalStore) => [...store.graph(0, now + 100).nodes.values()].find(({ name }) => name === 'shop')

test('LocalStore refuses documents with times that are none, and answers and starts after an older version wrote them', () => {
  const file = join(folder, 'odd-times.sqlite')
  const first = open({ file })
  const issues = first.put([segment(1, { start_time: 1e300 }), segment(2, { end_time: 1.7e308 }), segment(3)])
  assert.match(issues[0] ?? '', /start_time must be a time/)
  assert.match(issues[1] ?? '', /end_time must be a time/)
  assert.deepEqual(idsIn(first), [id(3)])
  first.put([segment(4), segment(5)])
  first.index()
  const other = new DatabaseSync(file)
  const write = other.prepare('UPDATE documents SET json = ? WHERE trace = (SELECT key FROM traces WHERE id = ?)')
  write.run(compressText(JSON.stringify([segment(4, { start_time: 1e300 })])), id(4))
  write.run(compressText(JSON.stringify([segment(5, { end_time: 1.7e308 })])), id(5))
  other.exec('UPDATE traces SET state = 0, start = -1')
  other.exec('DELETE FROM minutes')
  other.close()
  // The first is not closed, as after a SIGKILL.
  const second = open({ file })
  assert.deepEqual(idsIn(second), [id(3), id(4), id(5)])
  assert.ok(second.trace(id(4)) !== undefined)
  assert.equal(second.sweep(), 1)
  assert.deepEqual(idsIn(second), [id(3), id(5)])
  second.close()
})

test('LocalStore deletes a trace that an older version found to last for ever, with all others that are too old', () => {
  const file = join(folder, 'endless.sqlite')
  const first = open({ file })
  first.put([segment(1, { start_time: now - 5000, end_time: now - 4999 }), segment(2)])
  first.index()
  const other = new DatabaseSync(file)
  const row = other.prepare('SELECT trace_index AS x FROM traces WHERE id = ?').get(id(1))?.['x']
  assert.ok(row instanceof Uint8Array)
  const index = JSON.parse(decompressText(row))
  for (const summary of index.summaries) summary.responseTime = null
  other.prepare('UPDATE traces SET trace_index = ? WHERE id = ?').run(compressText(JSON.stringify(index)), id(1))
  other.close()
  first.close()
  const store = open({ file, maxAgeMs: 3_600_000 })
  assert.equal(store.sweep(), 1)
  assert.deepEqual(idsIn(store), [id(2)])
  store.close()
})

test('LocalStore sets a file aside that it cannot index at the start, and goes on with a new one', () => {
  const file = join(folder, 'not-indexable.sqlite')
  const first = open({ file, failed: () => {} })
  first.put([segment(1)])
  const other = new DatabaseSync(file)
  other.exec('DROP TABLE annotations; CREATE TABLE annotations (key INTEGER PRIMARY KEY)')
  other.close()
  const reported: string[] = []
  const store = open({ file, failed: (error) => reported.push(String(error)) })
  assert.match(reported.join(), /was moved to ".*not-indexable\.sqlite\.quarantine-/)
  assert.deepEqual(store.put([segment(2)]), [undefined])
  assert.deepEqual(idsIn(store), [id(2)])
  store.close()
})

test('LocalStore indexes the other traces though one of them fails', () => {
  const file = join(folder, 'one-fails.sqlite')
  const reported: string[] = []
  const store = open({ file, failed: (error) => reported.push(String(error)) })
  store.put([segment(1), segment(2), segment(3)])
  const other = new DatabaseSync(file)
  other.exec(`CREATE TRIGGER refused BEFORE UPDATE OF trace_index ON traces WHEN new.id = '${id(2)}'
    BEGIN SELECT RAISE(ABORT, 'refused'); END`)
  other.close()
  assert.deepEqual(idsIn(store), [id(1), id(3)])
  assert.equal(shopIn(store)?.statistics.count, 2)
  assert.match(reported.join(), /^Error.*: refused$/)
  store.put([segment(4)])
  assert.deepEqual(idsIn(store), [id(1), id(3), id(4)])
  assert.equal(reported.length, 1)
  store.close()
})

test('LocalStore keeps traces that are too old by a clock that is ahead for a while, and says so', async () => {
  const clock = new FakeClock(now * 1000)
  const noticed: string[] = []
  const store = open({ clock, maxAgeMs: 3_600_000, noticed: (message) => noticed.push(message) })
  store.put([segment(1), segment(2)])
  await clock.advance(30_000)
  assert.equal(store.sweep(), 0)
  clock.setWall(8 * 86_400_000)
  await clock.advance(30_000)
  assert.equal(store.sweep(), 0)
  assert.match(noticed.join(), /the clock is 192\.0 hours ahead/)
  clock.setWall(-8 * 86_400_000)
  await clock.advance(30_000)
  assert.equal(store.sweep(), 0)
  assert.equal(idsIn(store).length, 2)
  clock.setWall(8 * 86_400_000)
  store.sweep()
  await clock.advance(11 * 60_000)
  assert.equal(store.sweep(), 2)
  assert.match(noticed.join(), /has stayed ahead/)
  store.close()
})

test('LocalStore does not believe a clock that is ahead of its newest trace at the start', async () => {
  const file = join(folder, 'ahead-at-start.sqlite')
  const first = open({ file })
  first.put([segment(1)])
  first.close()
  const clock = new FakeClock((now + 8 * 86_400) * 1000)
  const store = open({ file, clock, maxAgeMs: 3_600_000 })
  assert.equal(store.sweep(), 0)
  await clock.advance(11 * 60_000)
  assert.equal(store.sweep(), 1)
  store.close()
})

test('LocalStore keeps its file near the maximum by itself, a few traces at a time', async () => {
  const file = join(folder, 'bounded.sqlite')
  const maxBytes = 3_000_000
  const store = open({ file, maxBytes })
  let longest = 0
  for (let n = 0; n < 8000; n += 50) {
    const documents = Array.from(
      { length: 50 },
      (_, i) =>
        segment(n + i, { start_time: now - 20_000 + n + i, end_time: now, metadata: { d: { noise: noise(n + i) } } }),
    )
    const began = performance.now()
    store.put(documents)
    longest = Math.max(longest, performance.now() - began)
    await new Promise((resolve) => setTimeout(resolve))
  }
  const used = store.usage()
  assert.ok(used.bytes < maxBytes * 1.25, `${used.bytes} bytes are in use`)
  assert.ok(statSync(file).size < maxBytes * 1.5, `${statSync(file).size} bytes are on the disk`)
  assert.ok(used.traces > 500)
  assert.ok(longest < 5000, `a write took ${longest} ms`)
  assert.equal(shopIn(store)?.statistics.count, used.traces)
  store.close()
})

/** A text of 600 characters that does not compress well. */
function noise(seed: number): string {
  let text = ''
  for (let i = 0, x = seed + 1; i < 60; i++) {
    x = (x * 1_103_515_245 + 12_345) % 2_147_483_648
    text += x.toString(36)
  }
  return text
}

test('LocalStore keeps a bounded part of one trace, and reports what it does not keep', () => {
  let excess = 0
  const store = open({ file: ':memory:', exceeded: (documents) => (excess += documents) })
  const part = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => segment(9, { id: `s${from + i}`, parent_id: 's0' }))
  for (let from = 0; from < 10_000; from += 1000) assert.equal(store.put(part(from, 1000))[0], undefined)
  assert.equal(store.trace(id(9))?.segments.size, 10_000)
  assert.deepEqual(store.put([...part(10_000, 5), segment(10)]), Array.from({ length: 6 }, () => undefined))
  assert.equal(excess, 5)
  assert.equal(store.trace(id(9))?.segments.size, 10_000)
  assert.deepEqual(idsIn(store), [id(9), id(10)])
  store.close()
})
