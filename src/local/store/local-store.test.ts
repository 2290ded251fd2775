import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { compressText } from '../../sqlite/compress.ts'
import { openDatabase } from '../../sqlite/open-database.ts'
import { matchFilter } from '../../trace/filter/match-filter.ts'
import { parseFilter } from '../../trace/filter/parse-filter.ts'
import { ServiceGraph } from '../../trace/service-graph.ts'
import { LocalStore } from './local-store.ts'
import { storeFormat } from './store-format.ts'

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

/** Counts the rows of a table through a connection of its own. */
function countRows(file: string, table: string): number {
  const db = new DatabaseSync(file, { readOnly: true })
  const count = Number(db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count'])
  db.close()
  return count
}

/** Overwrites the first page of a table with garbage. */
function damageTable(file: string, table: string): void {
  const db = new DatabaseSync(file)
  const page = Number(db.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').get(table)?.['rootpage'])
  db.close()
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(16_384, 0x55), 0, 16_384, (page - 1) * 16_384)
  closeSync(handle)
}

test('LocalStore deletes traces that are too old, and the oldest while it is too large', () => {
  const store = open({ maxBytes: 1_500_000, maxAgeMs: 3_600_000 })
  store.put(Array.from({ length: 20 }, (_, i) => segment(i, { start_time: now - 7200, end_time: now - 7199 })))
  store.put(
    Array.from(
      { length: 3000 },
      (_, i) => segment(100 + i, { start_time: now - 3000 + i, end_time: now - 2999 + i, user: `user ${i}` }),
    ),
  )
  assert.ok(store.usage().traces > 2000)
  assert.ok(store.sweep() >= 20)
  assert.ok(store.usage().bytes <= 1_500_000)
  const { traces } = store.find(all)
  assert.equal(traces[0]?.id, id(3099))
  const left = store.usage().traces
  assert.ok(left > 500 && left < 3000, `${left} are left`)
  // The service graph has exactly those that are left.
  assert.equal(shopIn(store)?.statistics.count, left)
  assert.equal(store.find({ ...all, filter: parseFilter('user = "user 0"') }).traces.length, 0)
  store.close()
})

test('LocalStore indexes after a crash what was written before it', () => {
  const file = join(folder, 'crash.sqlite')
  const first = open({ file })
  first.put([segment(1)])
  first.index()
  first.put([segment(1, { id: '00000000000000aa', fault: true, start_time: now + 1, end_time: now + 2 }), segment(2)])
  // The first is not closed, as after a SIGKILL.
  const second = open({ file })
  assert.deepEqual(second.find(all).traces.map(({ segmentCount }) => segmentCount).sort(), [1, 2])
  assert.equal(shopIn(second)?.statistics.count, 3)
  second.close()
  assert.ok(statSync(file).size > 0)
})

test('LocalStore quarantines a file whose table is damaged, and writes the documents to a new one', () => {
  const file = join(folder, 'damaged.sqlite')
  const first = open({ file })
  first.put([segment(1)])
  first.close()
  damageTable(file, 'documents')
  const reported: string[] = []
  const store = open({ file, failed: (error) => reported.push(String(error)) })
  assert.deepEqual(store.put([segment(2)]), [undefined])
  assert.match(reported.join(), /is damaged, was moved to ".*damaged\.sqlite\.quarantine-/)
  assert.deepEqual(idsIn(store), [id(2)])
  store.close()
})

test('LocalStore keeps records such as sampling rules when it replaces a damaged file', () => {
  const file = join(folder, 'damaged-records.sqlite')
  const first = open({ file })
  first.records('rule').set('orders', { rate: 1 })
  first.put([segment(1)])
  first.close()
  damageTable(file, 'documents')
  const store = open({ file, failed: () => {} })
  store.put([segment(2)])
  assert.deepEqual(store.records('rule').all(), [{ rate: 1 }])
  assert.deepEqual(idsIn(store), [id(2)])
  store.close()
})

test('LocalStore opens though documents of a trace are damaged, reports it, and deletes the trace', () => {
  const file = join(folder, 'damaged-documents.sqlite')
  const first = open({ file })
  first.put([segment(1), segment(2)])
  const other = new DatabaseSync(file)
  other.exec("UPDATE documents SET json = x'5b5b' WHERE trace = (SELECT min(key) FROM traces)")
  other.close()
  // The first is not closed, as after a SIGKILL.
  const reported: unknown[] = []
  const second = open({ file, failed: (error) => reported.push(error) })
  assert.equal(reported.length, 1)
  assert.deepEqual(idsIn(second), [id(2)])
  assert.equal(second.sweep(), 1)
  assert.equal(second.usage().traces, 1)
  second.close()
})

for (const version of [1, 2]) {
  test(`LocalStore brings a file of version ${version} to the newest, and indexes its traces again`, () => {
    const file = join(folder, `version-${version}.sqlite`)
    const older = openDatabase(file, { ...storeFormat, steps: storeFormat.steps.slice(0, version) })
    const insert = older.prepare(
      'INSERT INTO traces VALUES (?, ?, ?, 1, 1, 1, NULL, NULL, NULL, NULL, 1, ?)',
    )
    older.exec('BEGIN')
    // More than are indexed at once.
    for (let n = 1; n <= 2500; n++) {
      insert.run(n, id(n), now, compressText(JSON.stringify({ id: id(n) })))
      older.prepare('INSERT INTO parts (trace, documents) VALUES (?, ?)')
        .run(n, compressText(JSON.stringify([segment(n, { annotations: { size: n } })])))
    }
    older.exec('COMMIT')
    older.exec("INSERT INTO services (name, trace, flags) VALUES ('gone', 1, 1)")
    older.prepare('INSERT INTO minutes (minute, graph) VALUES (?, ?)').run(Math.floor(now / 60), compressText('{}'))
    older.exec(`INSERT INTO settings (kind, name, value) VALUES ('rule', 'orders', '{"rate":1}')`)
    if (version > 1) {
      older.exec(`INSERT INTO requests (seq, bytes) VALUES (7, x'0a00')`)
      older.prepare('INSERT INTO origins (trace, request) VALUES (?, 7)').run(id(1))
    }
    older.close()
    const store = open({ file })
    assert.deepEqual(store.usage().traces, 2500)
    assert.equal(shopIn(store)?.statistics.count, 2500)
    const found = store.find({ ...all, filter: parseFilter('annotation.size > 2498') }).traces
    assert.deepEqual(found.map((trace) => trace.summaries[0]?.annotations['size']).sort(), [2499, 2500])
    assert.deepEqual(store.names().services, ['shop'])
    assert.deepEqual(store.records('rule').get('orders'), { rate: 1 })
    assert.deepEqual(store.requestsOf(id(1)).length, version > 1 ? 1 : 0)
    // More documents of a trace that an older version wrote.
    store.put([segment(1, { id: '00000000000000aa', fault: true })])
    assert.equal(shopIn(store)?.statistics.fault, 1)
    store.close()
    const again = open({ file })
    assert.equal(again.usage().traces, 2500)
    again.close()
  })
}

test('LocalStore quarantines a file that a newer version wrote', () => {
  const file = join(folder, 'newer.sqlite')
  openDatabase(file, { ...storeFormat, steps: [...storeFormat.steps, 'CREATE TABLE newer (value)'] }).close()
  const reported: string[] = []
  const store = open({ file, failed: (error) => reported.push(String(error)) })
  assert.match(reported.join(), /It cannot be read and was moved to ".*newer\.sqlite\.quarantine-/)
  assert.deepEqual(store.put([segment(1)]), [undefined])
  store.close()
})

test('LocalStore keeps traces in memory where no file can be written', () => {
  const reported: string[] = []
  writeFileSync(join(folder, 'no-folder'), '')
  const store = open({ file: join(folder, 'no-folder/traces.sqlite'), failed: (error) => reported.push(String(error)) })
  assert.match(reported.join(), /Cannot open the local store .*; traces are kept in memory until the agent ends/)
  store.put([segment(1)])
  assert.deepEqual(idsIn(store), [id(1)])
  store.close()
})

test('LocalStore computes the same service graph in whatever order and portions documents come', () => {
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
      store.index()
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

test('LocalStore rejects documents without a trace id, and accepts segments that are each other’s parents', () => {
  const store = open({ file: ':memory:' })
  assert.deepEqual(store.put(['{}', 'x', segment(5)]), ['the document has no trace_id', 'it is not JSON', undefined])
  store.put([
    segment(6, { id: 'a', parent_id: 'b' }),
    segment(6, { id: 'b', parent_id: 'a' }),
    segment(6, { id: 'c', parent_id: 'c' }),
  ])
  assert.equal(store.find(all).traces.length, 2)
  store.close()
})

test('LocalStore accepts a trace whose segments are nested 20,000 deep', () => {
  const store = open({ file: ':memory:' })
  const deep = Array.from(
    { length: 20_000 },
    (_, i) => segment(7, { id: `s${i}`, parent_id: `s${i - 1}`, fault: true }),
  )
  store.put(deep)
  assert.equal(store.find(all).traces[0]?.segmentCount, 20_000)
  store.close()
})

test('ServiceGraph.count() subtracts what it added', () => {
  const store = open({ file: ':memory:' })
  store.put([segment(1, { fault: true }), segment(2)])
  const { traces } = store.find(all)
  store.close()
  const graph = new ServiceGraph()
  for (const trace of traces) graph.count(trace, 1)
  assert.equal(graph.nodes.size, 2)
  for (const trace of traces) graph.count(trace, -1)
  assert.deepEqual([graph.nodes.size, graph.edges.size], [0, 0])
})

test('LocalStore returns the requests that a trace came in, in the order in which they came', () => {
  const file = join(folder, 'requests.sqlite')
  const store = open({ file })
  const bytes = (n: number): Uint8Array => new TextEncoder().encode(`request ${n} `.repeat(100))
  for (let n = 0; n < 10; n++) {
    store.keepRequest(bytes(n), [id(n), id(n + 1)])
    store.put([segment(n, { start_time: now - 100 + n * 10, end_time: now - 99 + n * 10 })])
  }
  assert.deepEqual(store.requestsOf(id(1)).map((request) => new TextDecoder().decode(request).slice(0, 9)), [
    'request 0',
    'request 1',
  ])
  assert.equal(countRows(file, 'requests'), 10)
  store.close()
})

test('LocalStore deletes the requests of traces that are too old', () => {
  const file = join(folder, 'old-requests.sqlite')
  const store = open({ file, maxAgeMs: 60_000 })
  for (let n = 0; n < 10; n++) {
    store.keepRequest(new Uint8Array(300).fill(n), [id(n)])
    store.put([segment(n, { start_time: now - 100 + n * 10, end_time: now - 99 + n * 10 })])
  }
  assert.ok(store.sweep() >= 4)
  assert.deepEqual(store.requestsOf(id(1)), [])
  assert.equal(store.requestsOf(id(9)).length, 1)
  assert.equal(countRows(file, 'requests'), store.usage().traces)
  store.close()
})

test('LocalStore finds the same traces by SQL as by reading every trace, for rare and for frequent values', () => {
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
    const expected = everything.filter((trace) => matchFilter(filter, trace)).map(({ id: found }) => found)
    assert.deepEqual(store.find({ ...all, filter, limit: 10_000 }).traces.map(({ id: found }) => found), expected, text)
    assert.ok(expected.length > 0, text)
  }
  store.close()
})
