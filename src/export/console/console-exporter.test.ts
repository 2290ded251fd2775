import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch } from '../../component/batch.ts'
import { ConsoleExporter } from './console-exporter.ts'

const shop = {
  trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  id: '1',
  name: 'shop',
  start_time: 100,
  end_time: 100.5,
}
const payments = { ...shop, id: '2', parent_id: '1', name: 'payments', fault: true }

/** What is printed of documents that come in one batch. */
async function printed(...documents: object[]): Promise<string> {
  let output = ''
  const exporter = new ConsoleExporter({ documents: false }, async (text) => void (output += text))
  await exporter.send(batchOf(documents), new AbortController().signal)
  return output
}

function batchOf(documents: readonly object[]): Batch {
  const texts = documents.map((document) => new TextEncoder().encode(JSON.stringify(JSON.stringify(document))))
  let length = -1
  const ends = Uint32Array.from(texts, (text) => (length += text.length + 1))
  const block = { bytes: new Uint8Array(length), ends, traces: new Uint32Array(texts.length) }
  for (const [i, text] of texts.entries()) block.bytes.set(text, (ends[i] ?? 0) - text.length)
  return { parts: [{ block, from: 0, to: texts.length }], count: texts.length }
}

test('a line has the outcome of the root segment, as the list of traces has', async () => {
  assert.match(await printed(payments, shop), / {2}shop {2}2 spans {2}500\.0 ms {2}ok\n$/)
  assert.match(await printed(payments, { ...shop, error: true }), / {2}shop {2}2 spans {2}500\.0 ms {2}ERROR\n$/)
  assert.match(await printed({ ...shop, subsegments: [payments] }), / {2}shop {2}2 spans {2}500\.0 ms {2}ok\n$/)
})

test('a document whose time is no time, or whose members are objects, is printed and holds up no other', async () => {
  const odd = [
    { ...shop, trace_id: '1-5759e988-000000000000000000000001', start_time: 'yesterday', end_time: {} },
    { ...shop, trace_id: '1-5759e988-000000000000000000000002', start_time: 1e300, end_time: 1.7e308 },
    { ...shop, trace_id: { toString: 1 }, name: { toString: 1 }, http: { request: { url: { toString: 1 } } } },
    { ...shop, trace_id: '1-5759e988-000000000000000000000003', subsegments: { length: 1e9 }, http: 7 },
  ]
  const lines = (await printed(...odd, shop)).trim().split('\n')
  assert.equal(lines.length, 5)
  assert.match(lines[0] ?? '', /^- {2}1-5759e988-0{23}1 {2}shop {2}1 span {2}- {2}ok$/)
  assert.match(lines[4] ?? '', / {2}shop {2}1 span {2}500\.0 ms {2}ok$/)
})

test('a line has no control characters of what was sent', async () => {
  const text = await printed({
    ...shop,
    trace_id: '1-\u001b]0;owned\u0007',
    name: 'a\nb\u009b2J\u202e',
    http: { request: { url: '/\r\n\u001b[2J' } },
  })
  assert.doesNotMatch(text.slice(0, -1), /[\p{Cc}\p{Cf}]/u)
})
