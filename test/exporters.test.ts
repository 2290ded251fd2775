import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { DocumentLoad } from './support/document-load.ts'
import { type ExporterName, exporterNames, FourExporters } from './support/four-exporters.ts'
import { hex } from './support/otlp.ts'
import {
  NotAcceptedError,
  type Protocol,
  sendDatagrams,
  sendDocuments,
  type SentDocument,
} from './support/send-documents.ts'
import { waitFor } from './support/wait-for.ts'

const protocols: readonly Protocol[] = ['http', 'grpc', 'udp']
/** The exporters to X-Ray. */
const remoteNames = ['xray', 'audit'] as const
/** For exporters whose backend hangs. */
const shortTimeout = "timeout: '3s'"

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

/** Waits until nothing waits for any exporter: then nothing is counted any more. */
async function untilIdle(four: FourExporters): Promise<void> {
  for (const name of exporterNames) {
    await waitFor(async () => (await statusOf(four, name)).waiting.documents === 0, `an empty queue of ${name}`)
  }
}

/** The metrics, by name and labels. */
async function metricsOf({ agent }: FourExporters): Promise<Map<string, number>> {
  const lines = (await (await agent.admin('/metrics')).text()).split('\n').filter((line) => /^\w/.test(line))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

/** Asserts that the status and the metrics of an exporter agree; nothing may be on its way. */
async function assertFiguresAgree(four: FourExporters, name: ExporterName): Promise<void> {
  const { counts, waiting, deadLetters, state, inFlight, limit } = await statusOf(four, name)
  const metrics = await metricsOf(four)
  const metric = (metricName: string, labels = ''): number | undefined =>
    metrics.get(`rontgen_${metricName}{exporter="${name}"${labels}}`)
  assert.equal(metric('sent_total'), counts.sent, name)
  const byLabel = {
    retried_total: ['why', counts.retried],
    unprocessed_total: ['code', counts.unprocessed],
    dead_letters_total: ['reason', counts.deadLettered],
    exporter_dropped_total: ['reason', counts.dropped],
    requests_total: ['outcome', counts.requests],
  } as const
  for (const [metricName, [label, byValue]] of Object.entries(byLabel)) {
    const shown = [...metrics.keys()].filter((key) => key.startsWith(`rontgen_${metricName}{exporter="${name}",`))
    assert.equal(shown.length, Object.keys(byValue).length, `${metricName} of ${name}`)
    for (const [value, count] of Object.entries(byValue)) {
      assert.equal(metric(metricName, `,${label}="${value}"`), count, `${metricName} of ${name}`)
    }
  }
  const values = { queue_documents: waiting.documents, queue_bytes: waiting.bytes, dead_letters: deadLetters.count }
  const others = { requests_in_flight: inFlight, requests_limit: limit, request_seconds_count: sum(counts.requests) }
  for (const [metricName, value] of Object.entries({ ...values, ...others })) {
    assert.equal(metric(metricName) ?? 0, value, `${metricName} of ${name}`)
  }
  assert.equal(metric('delivery_failing'), state === 'failing' ? 1 : 0, name)
}

for (const runtime of ['binary', 'deno'] as const) {
  test(`exporters (${runtime}): what comes by each protocol arrives at each exporter, once`, async () => {
    const four = await FourExporters.start({ runtime })
    const sent = await sendByAll(four, 40)
    await four.waitForAll(sent)
    await assertOnce(four, sent, exporterNames)
    await untilIdle(four)
    for (const name of exporterNames) {
      await assertFiguresAgree(four, name)
      const { counts, waiting, deadLetters, state } = await statusOf(four, name)
      assert.deepEqual([counts.sent, waiting.documents, deadLetters.count, state], [120, 0, 0, 'ok'], name)
    }
    for (const name of remoteNames) {
      assert.deepEqual((await statusOf(four, name)).counts.requests, { ok: four[name].requests }, name)
    }
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
    const four = await FourExporters.start({ settings: { [name]: shortTimeout } })
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
    await untilIdle(four)
    for (const other of others) assert.deepEqual((await statusOf(four, other)).counts.retried, {}, other)
    for (const exporter of exporterNames) await assertFiguresAgree(four, exporter)
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
    await untilIdle(four)
    assert.equal((await statusOf(four, name)).deadLetters.count, 9)
    await assertOnce(four, sent, others)
    await assertOnce(four, accepted, [name])
    const { counts } = await statusOf(four, name)
    assert.deepEqual(counts.unprocessed, { InvalidSegment: 9, ThrottledException: 9 })
    assert.deepEqual([counts.sent, counts.deadLettered], [51, { unprocessed: 9 }])
    for (const other of others) {
      const { counts, deadLetters } = await statusOf(four, other)
      assert.deepEqual([counts.sent, counts.retried, deadLetters.count], [60, {}, 0], other)
    }
    for (const exporter of exporterNames) await assertFiguresAgree(four, exporter)
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

test('exporters: clients wait once queue.maxBytes wait for an exporter that hangs, and no others suffer before', async () => {
  const four = await FourExporters.start({ queue: "maxBytes: '24KiB'", settings: { audit: shortTimeout } })
  const { agent } = four
  assert.match(
    agent.log,
    /sending to AWS X-Ray in us-west-2, at \S+ \(xray\); .*sending to AWS X-Ray in us-west-2, at \S+ \(audit\)/,
  )
  four.audit.fault = 'hang'
  const sent: SentDocument[] = []
  const send = async (protocol: Protocol): Promise<number> => {
    try {
      sent.push(...await sendDocuments(agent, protocol, 20))
      return 0
    } catch (error) {
      if (error instanceof NotAcceptedError) return error.status
      throw error
    }
  }
  let bytes = 0
  let status = 0
  while (status === 0) {
    // The others must not be full either.
    await four.waitForAll(sent, ['xray', 'local', 'console'])
    bytes = (await statusOf(four, 'audit')).waiting.bytes
    status = await send('http')
  }
  assert.equal(status, 503)
  assert.ok(bytes >= 24 << 10, `${bytes} bytes waited`)
  assert.equal(await send('grpc'), 14)
  await sendDatagrams(agent, Array.from({ length: 5 }, () => JSON.stringify({ id: hex(8) })))
  await waitFor(
    async () => (await (await agent.admin('/status')).json()).counts.dropped['queue-full'] === 5,
    'the lost documents',
  )
  const ready = await agent.admin('/readyz')
  assert.deepEqual([ready.status, await ready.text()], [503, 'the queue of audit is full\n'])
  const health = await four.command(['healthcheck'])
  assert.deepEqual([health.status, health.stdout], [69, 'the queue of audit is full\n'])
  assert.match(
    (await four.command(['status'])).stdout,
    /waiting .*: FULL, over 24.6 kB, so clients get 503\/UNAVAILABLE/,
  )
  assert.match(agent.log, /WARN {2}audit: the queue is full: 2\d\.\d kB wait/)
  await four.waitForAll(sent, ['xray', 'local', 'console'])
  four.audit.fault = undefined
  await waitFor(async () => (await send('http')) === 0, 'room in the queue')
  assert.equal(await send('grpc'), 0)
  await four.waitForAll(sent)
  await waitFor(() => /INFO {2}audit: the queue has room again after/.test(agent.log), 'the report of room')
  await assertOnce(four, sent, exporterNames)
  assert.deepEqual(await four.stop(), [])
})

test('exporters: one that drops its oldest documents when it is full never keeps clients waiting', async () => {
  const four = await FourExporters.start({
    queue: "maxBytes: '24KiB'",
    settings: { audit: `whenFull: 'drop-oldest', ${shortTimeout}` },
  })
  four.audit.fault = 'hang'
  const sent: SentDocument[] = []
  const dropped = async (): Promise<number> => sum((await statusOf(four, 'audit')).counts.dropped)
  for (let full = 0; full < 20; full += await dropped() > 0 ? 1 : 0) {
    // The others must not be full either.
    for (const protocol of protocols) sent.push(...await sendDocuments(four.agent, protocol, 20))
    await four.waitForAll(sent.slice(-60), ['xray', 'local', 'console'])
  }
  assert.deepEqual((await four.command(['healthcheck'])).stdout, 'ready\n')
  four.audit.fault = undefined
  await untilIdle(four)
  const lost = await dropped()
  const arrived = await four.arrived('audit', [])
  assert.equal(arrived.size, sent.length - lost)
  assert.ok(sent.slice(-60).every(({ id }) => arrived.has(id)), 'the newest documents were dropped')
  await assertOnce(four, sent, ['xray', 'local', 'console'])
  assert.equal(
    (await metricsOf(four)).get('rontgen_exporter_dropped_total{exporter="audit",reason="queue-full"}'),
    lost,
  )
  for (const name of ['xray', 'local', 'console'] as const) {
    assert.deepEqual((await statusOf(four, name)).counts.dropped, {}, name)
  }
  assert.deepEqual(await four.stop(), [])
  const logged = four.agent.log.matchAll(
    /ERROR audit: dropped the (?:(\d+) oldest waiting documents|oldest waiting document)/g,
  )
  assert.equal([...logged].reduce((total, [, count = '1']) => total + Number(count), 0), lost)
})

test('exporters: SIGKILL under load loses nothing that was acknowledged at any of them', async () => {
  const four = await FourExporters.start()
  const sent: SentDocument[] = []
  for (let round = 0; round < 12; round++) {
    // In some rounds one is away, so that exporters are at different places when the agent ends.
    for (const [i, name] of remoteNames.entries()) four[name].fault = round % 3 === i ? { status: 500 } : undefined
    const load = new DocumentLoad(four.agent, ['http', 'http', 'grpc', 'grpc'])
    const count = Math.random() * 1000
    await waitFor(() => load.acknowledged.length > count, `${count} documents`)
    await four.agent.kill()
    sent.push(...await load.stop())
    await four.startAgent()
  }
  for (const name of remoteNames) four[name].fault = undefined
  await four.waitForAll(sent)
  assert.deepEqual(await four.stop(), [])
})
