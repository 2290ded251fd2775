import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { matchFilter } from '../../trace/filter/match-filter.ts'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import { LocalStore } from './local-store.ts'
import { ServiceGraph } from '../../trace/service-graph.ts'

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

test('LocalStore removes what is too old, and the oldest while there is too much', () => {
  const store = open({ maxBytes: 1_500_000, maxAgeMs: 3_600_000 })
  store.put(Array.from({ length: 20 }, (_, i) => segment(i, { start_time: now - 7200, end_time: now - 7199 })))
  store.put(
    Array.from(
      { length: 3000 },
      (_, i) => segment(100 + i, { start_time: now - 3000 + i, end_time: now - 2999 + i, user: `user ${i}` }),
    ),
  )
  assert.equal(store.traces(), 3020)
  assert.ok(store.sweep() >= 20)
  assert.ok(store.bytes() <= 1_500_000)
  const { traces } = store.find(all)
  assert.equal(traces[0]?.id, id(3099))
  const left = store.traces()
  assert.ok(left > 500 && left < 3000, `${left} are left`)
  // The map knows of those alone that are left.
  assert.equal(
    [...store.graph(0, now + 100).nodes.values()].find(({ name }) => name === 'shop')?.statistics.count,
    left,
  )
  assert.equal(store.find({ ...all, filter: parseFilter('user = "user 0"') }).traces.length, 0)
  store.close()
})

test('LocalStore works out after a crash what was written before it', () => {
  const file = join(folder, 'crash.sqlite')
  const first = open({ file })
  first.put([segment(1)])
  first.settle()
  first.put([segment(1, { id: '00000000000000aa', fault: true, start_time: now + 1, end_time: now + 2 }), segment(2)])
  // The first is not closed, as after a SIGKILL.
  const second = open({ file })
  assert.deepEqual(second.find(all).traces.map(({ segments }) => segments).sort(), [1, 2])
  assert.equal([...second.graph(0, now + 100).nodes.values()].find(({ name }) => name === 'shop')?.statistics.count, 3)
  second.close()
  assert.ok(statSync(file).size > 0)
})

test('LocalStore begins anew when a table is damaged, and takes what it was to take', () => {
  const file = join(folder, 'damaged.sqlite')
  const first = open({ file })
  first.put([segment(1)])
  first.close()
  const db = new DatabaseSync(file)
  const page = Number(db.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'parts'").get()?.['rootpage'])
  db.close()
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(16_384, 0x55), 0, 16_384, (page - 1) * 16_384)
  closeSync(handle)
  const told: string[] = []
  const store = open({ file, failed: (error) => told.push(String(error)) })
  assert.deepEqual(store.put([segment(2)]), [true])
  assert.match(told.join(), /is damaged, was moved to .*broken-/)
  assert.deepEqual(store.find(all).traces.map(({ id: found }) => found), [id(2)])
  store.close()
})

test('LocalStore has the same map in whatever order and portions documents come', () => {
  const documents = Array.from({ length: 6 }, (_, trace) => [
    segment(trace, {
      subsegments: [{ id: `1${trace}`, name: 'payments', namespace: 'remote', start_time: now, end_time: now + 1 }],
    }),
    segment(trace, { id: `2${trace}`, parent_id: `1${trace}`, name: 'payments', fault: trace === 3 }),
    segment(trace, {
      id: `3${trace}`,
      parent_id: `2${trace}`,
      name: 'db',
      type: 'subsegment',
      namespace: 'remote',
      sql: {},
    }),
  ]).flat()
  const graphOf = (list: readonly string[], portion: number): unknown => {
    const store = open({ file: ':memory:' })
    for (let i = 0; i < list.length; i += portion) {
      store.put(list.slice(i, i + portion))
      store.settle()
    }
    const graph = store.graph(0, now + 100)
    store.close()
    const statistics = (map: ReadonlyMap<string, object>): unknown =>
      [...map].map(([key, value]) => [key, JSON.stringify(value)]).sort()
    return [statistics(new Map([...graph.nodes].map(([key, node]) => [key, node.statistics]))), statistics(graph.edges)]
  }
  const expected = graphOf(documents, documents.length)
  const shuffled = fc.shuffledSubarray(documents, { minLength: documents.length })
  fc.assert(
    fc.property(shuffled, fc.integer({ min: 1, max: documents.length }), (list, portion) => {
      assert.deepEqual(graphOf(list, portion), expected)
    }),
    { numRuns: 30 },
  )
})

test('LocalStore keeps no document without a trace id, and survives segments that are each other’s parents', () => {
  const store = open({ file: ':memory:' })
  assert.deepEqual(store.put(['{}', 'x', segment(5)]), [false, false, true])
  store.put([
    segment(6, { id: 'a', parent_id: 'b' }),
    segment(6, { id: 'b', parent_id: 'a' }),
    segment(6, { id: 'c', parent_id: 'c' }),
  ])
  assert.equal(store.find(all).traces.length, 2)
  store.close()
})

test('LocalStore takes a trace whose segments are within each other 20,000 deep', () => {
  const store = open({ file: ':memory:' })
  const deep = Array.from(
    { length: 20_000 },
    (_, i) => segment(7, { id: `s${i}`, parent_id: `s${i - 1}`, fault: true }),
  )
  store.put(deep)
  assert.equal(store.find(all).traces[0]?.segments, 20_000)
  store.close()
})

test('ServiceGraph takes away what was added', () => {
  const store = open({ file: ':memory:' })
  store.put([segment(1, { fault: true }), segment(2)])
  const { traces } = store.find(all)
  store.close()
  const graph = new ServiceGraph()
  for (const facts of traces) graph.count(facts, 1)
  assert.equal(graph.nodes.size, 2)
  for (const facts of traces) graph.count(facts, -1)
  assert.deepEqual([graph.nodes.size, graph.edges.size], [0, 0])
})

test('LocalStore gives the requests that a trace came by, in the order in which they came', () => {
  const store = open()
  const bytes = (n: number): Uint8Array => new TextEncoder().encode(`request ${n} `.repeat(100))
  for (let n = 0; n < 10; n++) {
    store.keepRequest(bytes(n), [id(n), id(n + 1)])
    store.put([segment(n, { start_time: now - 100 + n * 10, end_time: now - 99 + n * 10 })])
  }
  assert.deepEqual(store.requestsOf(id(1)).map((one) => new TextDecoder().decode(one).slice(0, 9)), [
    'request 0',
    'request 1',
  ])
  const count = (): unknown => store.db.prepare('SELECT count(*) AS count FROM requests').get()?.['count']
  assert.equal(count(), 10)
  store.close()
})

test('LocalStore sweeps the requests of traces that are too old', () => {
  const store = open({ maxAgeMs: 60_000 })
  for (let n = 0; n < 10; n++) {
    store.keepRequest(new Uint8Array(300).fill(n), [id(n)])
    store.put([segment(n, { start_time: now - 100 + n * 10, end_time: now - 99 + n * 10 })])
  }
  assert.ok(store.sweep() >= 4)
  assert.deepEqual(store.requestsOf(id(1)), [])
  assert.equal(store.requestsOf(id(9)).length, 1)
  const [left] = [store.db.prepare('SELECT count(*) AS count FROM requests').get()?.['count']]
  assert.equal(left, store.traces())
  store.close()
})

test('LocalStore finds the same by an index as by reading every trace, for what is rare and for what is frequent', () => {
  const store = open()
  const segments = Array.from({ length: 6000 }, (_, i) =>
    segment(i, {
      start_time: now - 6000 + i,
      end_time: now - 6000 + i + (i % 7) / 10,
      fault: i % 3 === 0,
      name: i % 100 === 0 ? 'rare' : 'shop',
      user: i % 1000 === 0 ? 'ada' : 'bob',
      annotations: { all: true, tier: i % 50 === 0 ? 'gold' : 'free', size: i },
    }))
  for (let at = 0; at < segments.length; at += 1000) store.put(segments.slice(at, at + 1000))
  const everything = store.find({ ...all, limit: 10_000 }).traces
  assert.equal(everything.length, 6000)
  for (
    const text of [
      'service("shop")',
      'service("shop") { fault }',
      'service("rare")',
      'annotation.tier',
      'annotation.tier = "free"',
      'annotation.tier = "gold"',
      'annotation.all = true AND fault',
      'annotation.size > 10',
      'annotation.size < 5',
      'user = "bob" AND responsetime > 0.5',
      'user = "ada" OR service("rare")',
      'user AND !fault',
    ]
  ) {
    const filter = parseFilter(text)
    const expected = everything.filter((facts) => matchFilter(filter, facts)).map(({ id: found }) => found)
    assert.deepEqual(store.find({ ...all, filter, limit: 10_000 }).traces.map(({ id: found }) => found), expected, text)
    assert.ok(expected.length > 0, text)
  }
  store.close()
})
