import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type ExporterName, exporterNames, FourExporters } from './support/four-exporters.ts'
import { hex } from './support/otlp.ts'
import { type Protocol, sendDatagrams, sendDocuments, type SentDocument } from './support/send-documents.ts'
import { waitFor } from './support/wait-for.ts'

const protocols: readonly Protocol[] = ['http', 'grpc', 'udp']
/** The exporters to X-Ray. */
const remoteNames = ['xray', 'audit'] as const

/** Sends documents by every protocol. */
async function sendByAll({ agent }: FourExporters, count: number): Promise<SentDocument[]> {
  return (await Promise.all(protocols.map((protocol) => sendDocuments(agent, protocol, count)))).flat()
}

/** Asserts that documents have arrived at each exporter, each once. */
async function assertOnce(four: FourExporters, sent: readonly SentDocument[], at: readonly ExporterName[]) {
  for (const name of at) {
    assert.deepEqual([...(await four.arrived(name, sent)).keys()].sort(), sent.map(({ id }) => id).sort(), name)
    assert.equal(await four.duplicates(name), 0, name)
  }
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((total, count) => total + count, 0)

const statusOf = async (four: FourExporters, name: ExporterName) => {
  const { exporters } = await (await four.agent.admin('/status')).json()
  return exporters.find((exporter: { name: string }) => exporter.name === name)
}

for (const runtime of ['binary', 'deno'] as const) {
  test(`exporters (${runtime}): what comes by each protocol arrives at each exporter, once`, async () => {
    const four = await FourExporters.start({ runtime })
    const sent = await sendByAll(four, 40)
    await four.waitForAll(sent)
    await assertOnce(four, sent, exporterNames)
    assert.deepEqual(await four.stop(), [])
  })
}

const outages = {
  'a 500': { status: 500 },
  'a throttling 429': { status: 429, headers: { 'x-amzn-errortype': 'ThrottledException' } },
  'a closed connection': 'close',
  'half an answer': 'half',
  'no answer': 'hang',
  'a refused connection': 'refused',
} as const

for (const name of remoteNames) {
  test(`exporters: outages of ${name} hold up no other exporter, and lose nothing`, async () => {
    const four = await FourExporters.start()
    const others = exporterNames.filter((other) => other !== name)
    const fake = four[name]
    const { port } = fake
    const sent: SentDocument[] = []
    const failures = async (): Promise<number> => sum((await statusOf(four, name)).counts.retried)
    for (const [title, outage] of Object.entries(outages)) {
      const before = await failures()
      if (outage === 'refused') await fake.stop()
      else fake.fault = outage
      sent.push(...await sendByAll(four, 10))
      await four.waitForAll(sent, others)
      await waitFor(async () => await failures() > before, title)
      if (outage === 'refused') await fake.start(port)
      else fake.fault = undefined
      await four.waitForAll(sent, [name])
    }
    await assertOnce(four, sent, exporterNames)
    for (const other of others) assert.deepEqual((await statusOf(four, other)).counts.retried, {}, other)
    assert.deepEqual(await four.stop(), [])
  })

  test(`exporters: what ${name} leaves unprocessed is sent there again or dead-lettered, and the rest is there once`, async () => {
    const four = await FourExporters.start()
    const others = exporterNames.filter((other) => other !== name)
    const rejected = new Set<string>()
    const delayed = new Set<string>()
    four[name].fault = ([document = '']) => {
      const { id } = JSON.parse(document)
      if (rejected.has(id)) return { Id: id, ErrorCode: 'InvalidSegment', Message: 'no good' }
      if (!delayed.has(id)) return undefined
      delayed.delete(id)
      return { Id: id, ErrorCode: 'ThrottledException', Message: 'later' }
    }
    const sent: SentDocument[] = []
    for (const protocol of protocols) {
      const ids = Array.from({ length: 20 }, () => hex(8))
      ids.slice(0, 3).forEach((id) => rejected.add(id))
      ids.slice(3, 6).forEach((id) => delayed.add(id))
      sent.push(...await sendDocuments(four.agent, protocol, 20, ids))
    }
    const accepted = sent.filter(({ id }) => !rejected.has(id))
    await four.waitForAll(sent, others)
    await four.waitForAll(accepted, [name])
    await waitFor(async () => (await statusOf(four, name)).deadLetters.count === 9, 'the dead letters')
    await assertOnce(four, sent, others)
    await assertOnce(four, accepted, [name])
    const { counts } = await statusOf(four, name)
    assert.deepEqual(counts.unprocessed, { InvalidSegment: 9, ThrottledException: 9 })
    assert.deepEqual([counts.sent, counts.deadLettered], [51, { unprocessed: 9 }])
    for (const other of others) {
      const { counts, deadLetters } = await statusOf(four, other)
      assert.deepEqual([counts.sent, counts.retried, deadLetters.count], [60, {}, 0], other)
    }
    assert.deepEqual(await four.stop(), [])
  })
}

test('exporters: the accepted part of a batch that X-Ray rejects in part arrives at the local store', async () => {
  const four = await FourExporters.start({ exporters: ['xray', 'local'] })
  four.xray.faults.push(([document = '']) => {
    const { id } = JSON.parse(document)
    return id.startsWith('0') ? { Id: id, ErrorCode: 'InvalidSegment', Message: 'no good' } : undefined
  })
  const ids = Array.from({ length: 20 }, (_, i) => (i === 7 ? '0' : 'a') + hex(8).slice(1))
  const sent = await sendDocuments(four.agent, 'http', 20, ids)
  await four.waitForAll(sent, ['local'])
  await four.waitForAll(sent.filter(({ id }) => id.startsWith('a')), ['xray'])
  assert.equal(four.xray.documents.length, 19)
  assert.deepEqual(await four.stop(), [])
})

test('exporters: what the local store rejects is delivered by the others', async () => {
  const four = await FourExporters.start()
  const nameless = JSON.stringify({ id: hex(8), name: 'no trace id' })
  await sendDatagrams(four.agent, [nameless])
  const sent = await sendByAll(four, 10)
  await four.waitForAll(sent)
  await waitFor(async () => (await statusOf(four, 'local')).deadLetters.count === 1, 'the dead letter')
  for (const name of ['xray', 'audit', 'console'] as const) {
    assert.equal((await four.arrived(name, [])).get(JSON.parse(nameless).id), 1, name)
    assert.equal((await statusOf(four, name)).deadLetters.count, 0, name)
  }
  assert.deepEqual(await four.stop(), [])
})

test('exporters: a local store that is locked holds up no other exporter, and has everything in the end', async () => {
  const four = await FourExporters.start()
  const lock = new DatabaseSync(join(four.dir, 'traces.sqlite'))
  lock.exec('BEGIN IMMEDIATE')
  const sent = await sendByAll(four, 20)
  await four.waitForAll(sent, ['xray', 'audit', 'console'])
  await waitFor(async () => (await statusOf(four, 'local')).state === 'failing', 'the failure')
  assert.match((await statusOf(four, 'local')).lastFailure.message, /Cannot write the local store/)
  lock.exec('COMMIT')
  lock.close()
  await four.waitForAll(sent)
  assert.deepEqual(await four.stop(), [])
})

for (const runtime of ['binary', 'deno'] as const) {
  test(`exporters (${runtime}): a terminal that is not read holds up no other exporter, and loses nothing`, async () => {
    const four = await FourExporters.start({ runtime })
    const sent: SentDocument[] = []
    four.agent.child.stdout?.pause()
    // More than fits into a pipe.
    for (let i = 0; i < 30; i++) sent.push(...await sendByAll(four, 20))
    await four.waitForAll(sent, ['xray', 'audit', 'local'])
    const { waiting, counts } = await statusOf(four, 'console')
    assert.ok(waiting.documents > 0 && counts.sent + waiting.documents === sent.length, JSON.stringify(waiting))
    four.agent.child.stdout?.resume()
    await four.waitForAll(sent, ['console'])
    four.agent.child.stdout?.pause()
    for (let i = 0; i < 30; i++) sent.push(...await sendByAll(four, 20))
    four.agent.child.kill('SIGTERM')
    await waitFor(() => /Stopped: .* documents stay in the spool/.test(four.agent.log), 'the stop')
    four.agent.child.stdout?.resume()
    await four.startAgent()
    await four.waitForAll(sent)
    assert.deepEqual(await four.stop(), [])
  })
}
