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
