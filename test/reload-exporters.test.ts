import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DocumentLoad } from './support/document-load.ts'
import { FourExporters } from './support/four-exporters.ts'
import { sendDocuments, type SentDocument } from './support/send-documents.ts'
import { waitFor } from './support/wait-for.ts'

/** What is kept for exporters that the config does not have, by their names. */
async function keptBy(four: FourExporters): Promise<Record<string, { documents: number; deadLetters: number }>> {
  const { removedExporters } = await four.status()
  return Object.fromEntries(
    removedExporters.map(({ name, documents, deadLetters }) => [name, { documents, deadLetters: deadLetters.count }]),
  )
}

for (const runtime of ['binary', 'deno'] as const) {
  test(`reload (${runtime}): exporters come, change, go and come back under load, and nothing is lost`, async () => {
    const four = await FourExporters.start({ runtime, exporters: ['xray', 'local', 'console'] })
    const others = four.exporters('xray', 'local', 'console')
    // Deno ends at times when a gRPC connection is closed: an assertion of its nghttp2 fails.
    const load = new DocumentLoad(four.agent, runtime === 'deno' ? ['http'] : ['http', 'grpc'], 10)
    // What was read of a datagram is on disk a moment later only.
    const datagrams = new DocumentLoad(four.agent, ['udp'], 10)
    const more = async (): Promise<SentDocument[]> => {
      const from = load.acknowledged.length
      await waitFor(() => load.acknowledged.length > from + 100, 'more documents')
      return load.acknowledged.slice(from)
    }
    await more()
    await four.reload(`${others}, audit: ${four.exporter('audit')}`)
    const atAudit = await more()
    await four.waitForAll(atAudit, ['audit'])

    four.audit.fault = { status: 500 }
    atAudit.push(...await more())
    const changed = `${four.exporters('xray', 'console').replace('us-west-2', 'us-east-1')}, local: { maxAge: '3d' }`
    await four.reload(`${changed}, audit: ${four.exporter('audit')}`)
    atAudit.push(...await more())
    await four.reload(others)
    assert.ok(((await keptBy(four))['audit']?.documents ?? 0) >= 200)
    assert.match(four.agent.log, /WARN +\d+ documents are kept for the exporter "audit"/)
    // The first ones may have been accepted before.
    await more()
    const notAtAudit = await more()

    four.audit.fault = undefined
    await four.reload(`${others}, audit: ${four.exporter('audit', 'concurrency: 2')}`)
    assert.deepEqual(await keptBy(four), {})
    atAudit.push(...await more())
    await four.waitForAll(atAudit, ['audit'])
    const arrived = await four.arrived('audit', [])
    assert.ok(notAtAudit.every(({ id }) => !arrived.has(id)))

    four.audit.fault = { status: 500 }
    atAudit.push(...await more())
    await four.reload(`${others}, copy: ${four.exporter('audit')}`)
    assert.ok(((await keptBy(four))['audit']?.documents ?? 0) >= 100)
    const atCopy = await more()
    four.audit.fault = undefined
    await four.waitForAll(atCopy, ['audit'])
    const moved = await four.command(
      ['queue', 'move', 'audit', '--to', 'copy'],
      `${others}, copy: ${four.exporter('audit')}`,
    )
    assert.equal(moved.status, 0, moved.stderr)
    await four.waitForAll(atAudit, ['audit'])
    await four.waitForAll([...await load.stop(), ...await datagrams.stop()], ['xray', 'local', 'console'])
    assert.deepEqual(load.rejected, [])
    assert.deepEqual(await four.stop(), [])
  })
}

test('reload: what waits for a removed exporter is shown, survives SIGKILL, and is delivered when it is back', async () => {
  const four = await FourExporters.start({ queue: "stopTimeout: '100ms'" })
  const others = four.exporters('xray', 'local', 'console')
  // Requests that nobody answers are in flight when it is removed.
  four.audit.fault = 'hang'
  const sent = [...await sendDocuments(four.agent, 'http', 35), ...await sendDocuments(four.agent, 'grpc', 35)]
  await waitFor(() => four.audit.requests > 0, 'a request')
  await four.reload(others)
  const kept = { audit: { documents: 70, deadLetters: 0 } }
  const isKept = async (exporters: string): Promise<void> => {
    const { stdout } = await four.command(['queue', 'list'], exporters)
    assert.match(stdout, /^audit: 70 documents \(\d+(\.\d)? k?B\), the oldest \d+ s old\n$/)
    const { name, documents, deadLetters } = JSON.parse(
      (await four.command(['queue', 'list', '--json'], others)).stdout,
    )
    assert.deepEqual([name, documents, deadLetters.count], ['audit', 70, 0])
  }
  assert.deepEqual(await keptBy(four), kept)
  await isKept(others)
  const metrics = await (await four.agent.admin('/metrics')).text()
  assert.match(metrics, /^rontgen_removed_exporter_documents\{exporter="audit"\} 70$/m)
  assert.match(
    (await four.command(['status'], others)).stdout,
    /^audit +removed from the config; 70 documents .* kept/m,
  )
  await four.agent.kill()
  await isKept(others)
  await four.startAgent(four.config(others))
  assert.match(four.agent.log, /WARN +70 documents are kept for the exporter "audit", which is not in the config/)
  assert.deepEqual(await keptBy(four), kept)
  const after = await sendDocuments(four.agent, 'http', 10)
  await four.waitForAll([...sent, ...after], ['xray', 'local', 'console'])
  await four.agent.stop()
  assert.match(four.agent.log, /Stopped: .*; 70 documents stay in the spool for audit, which is not in the config/)
  await isKept(others)
  assert.equal((await four.command(['queue', 'list'])).stdout, 'Nothing is kept for removed exporters\n')
  four.audit.fault = undefined
  await four.startAgent()
  await four.waitForAll(sent)
  assert.deepEqual([...(await four.arrived('audit', [])).keys()].sort(), sent.map(({ id }) => id).sort())
  assert.equal(await four.duplicates('audit'), 0)
  assert.deepEqual(await keptBy(four), {})
  assert.deepEqual(await four.stop(), [])
})

for (const isRunning of [true, false]) {
  const by = isRunning ? 'by the agent' : 'on the spool'

  test(`reload: what is kept for a removed exporter is moved or dropped ${by}`, async () => {
    const four = await FourExporters.start({ exporters: ['xray', 'audit'], queue: "stopTimeout: '100ms'" })
    // Of the documents of each exporter some become dead letters, and the others wait.
    four.audit.fault = ([document = '']) => ({ Id: JSON.parse(document).id, ErrorCode: 'Invalid', Message: 'no good' })
    const rejected = await sendDocuments(four.agent, 'http', 6)
    await four.reload(`${four.exporters()}, other: ${four.exporter('audit', "region: 'us-east-2'")}`)
    rejected.push(...await sendDocuments(four.agent, 'http', 4))
    await waitFor(async () => (await four.status()).deadLetters.count === 14, 'the dead letters')
    four.audit.fault = { status: 500 }
    const waiting = await sendDocuments(four.agent, 'http', 20)
    await four.waitForAll([...rejected, ...waiting], ['xray'])
    const xray = four.exporters('xray')
    await four.reload(xray)
    assert.deepEqual(await keptBy(four), {
      audit: { documents: 20, deadLetters: 10 },
      other: { documents: 20, deadLetters: 4 },
    })
    assert.equal((await four.status()).deadLetters.count, 14)
    if (!isRunning) await four.agent.stop()
    const command = async (...args: string[]): Promise<string> => {
      const { status, stdout, stderr } = await four.command(args, xray)
      assert.equal(status, 0, stderr)
      return stdout
    }
    const deadLetters = async (): Promise<{ id: number; exporter: string }[]> =>
      (await command('dead-letters', 'list', '--json')).trim().split('\n').map((line) => JSON.parse(line))
    const [first] = (await deadLetters()).filter(({ exporter }) => exporter === 'audit')
    assert.equal(
      await command('dead-letters', 'retry', String(first?.id), '--to', 'xray'),
      '1 put back into the queue\n',
    )
    const answer = await four.command(['dead-letters', 'retry', '--all'], xray)
    assert.deepEqual([answer.status, answer.stdout], [64, ''])
    assert.match(answer.stderr, /The exporter "audit" is not in the config; send to one of xray/)

    assert.equal(await command('queue', 'drop', 'other'), '24 documents and dead letters dropped\n')
    assert.equal(
      await command('queue', 'move', 'audit', '--to', 'xray'),
      '20 documents and 9 dead letters moved to xray\n',
    )
    assert.equal(await command('queue', 'list'), 'Nothing is kept for removed exporters\n')
    assert.deepEqual((await deadLetters()).map(({ exporter }) => exporter), Array(9).fill('xray'))
    if (!isRunning) await four.startAgent(four.config(xray))
    // X-Ray has them from their first way already.
    const twice = (): number => [...counts.values()].filter((count) => count === 2).length
    let counts = new Map<string, number>()
    await waitFor(async () => {
      counts = await four.arrived('xray', [])
      return twice() === 21
    }, 'what was moved')
    assert.ok(waiting.every(({ id }) => counts.get(id) === 2))
    assert.deepEqual(await keptBy(four), {})
    assert.deepEqual(await four.stop(), [])
  })

  test(`reload: commands that cannot be done ${by} say what is wrong, by their exit codes too`, async () => {
    const four = await FourExporters.start({ exporters: ['xray', 'audit'], queue: "stopTimeout: '100ms'" })
    four.audit.fault = { status: 500 }
    await sendDocuments(four.agent, 'http', 5)
    const xray = four.exporters('xray')
    await four.reload(xray)
    if (!isRunning) await four.agent.stop()
    for (
      const [line, status, message] of [
        ['queue drop xray', 64, /The exporter "xray" is in the config; remove it there first/],
        ['queue move xray --to xray', 64, /The exporter "xray" is in the config/],
        ['queue drop nobody', 65, /Nothing is kept for an exporter "nobody"/],
        ['queue move nobody --to xray', 65, /Nothing is kept for an exporter "nobody"/],
        ['queue move audit --to nobody', 64, /The exporter "nobody" is not in the config; send to one of xray/],
        ['queue move audit', 64, /Name the exporter to move to with --to/],
        ['queue drop', 64, /Name the exporter to drop; see rontgen queue list/],
        ['queue drop audit other', 64, /Name one exporter to drop at a time/],
        ['queue drop audit --to xray', 64, /--to goes with move only/],
        ['queue list audit', 64, /The list takes no exporter/],
        ['queue burn audit', 64, /"burn" must be one of list, move, drop/],
        ['dead-letters retry --all --to nobody', 64, /The exporter "nobody" is not in the config/],
        ['dead-letters retry 7 --to nobody', 64, /The exporter "nobody" is not in the config/],
        ['dead-letters retry 7 --to xray', 69, /^rontgen: 7 is not the id of a dead letter$/m],
        ['dead-letters list 7', 64, /The list takes no ids/],
        ['dead-letters drop 7 --to xray', 64, /--to goes with retry only/],
        ['dead-letters show 7', 69, /There is no dead letter 7/],
      ] as const
    ) {
      const result = await four.command(line.split(' '), xray)
      assert.equal(result.status, status, `${line}: ${result.stderr}`)
      assert.match(result.stderr, message, line)
    }
    assert.match((await four.command(['queue', 'list'], xray)).stdout, /^audit: 5 documents/)
    assert.deepEqual(await four.stop(), [])
  })
}

test('reload: a config with a wrong exporter changes none of them, and names each key', async () => {
  const four = await FourExporters.start()
  const wrong: readonly (readonly [exporters: string, message: RegExp])[] = [
    ["audit: { type: 'kafka' }", /export\.audit\.type is "kafka", expected 'xray', 'local' or 'console'/],
    ["xray: {}, audit: { type: 'xray', region: 'nowhere' }", /export\.audit\.region is "nowhere", expected a region/],
    ["audit: { region: 'us-west-2' }", /export\.audit is not known; .*audit: xray\(\{ … \}\)/],
    ["xray: { whenFull: 'drop' }", /export\.xray\.whenFull is "drop", expected 'push-back' or 'drop-oldest'/],
    [
      "local: true, history: { type: 'local' }",
      /export\.history: there can be only one exporter to the local store/,
    ],
  ]
  for (const [exporters, message] of wrong) {
    const { status, stderr } = await four.command(['validate'], exporters)
    assert.deepEqual([status, message.test(stderr)], [78, true], stderr)
  }
  const hash = (await four.status()).configHash
  four.agent.writeConfig(four.config(wrong[1]?.[0]))
  await waitFor(() => /ERROR Cannot reload, .*export\.audit\.region is "nowhere"/.test(four.agent.log), 'the error')
  await four.waitForAll(await sendDocuments(four.agent, 'http', 10))
  assert.equal((await four.status()).configHash, hash)
  assert.deepEqual(await four.stop(), [])
})

test('reload: a config whose receiver cannot listen removes no exporter, and nothing is lost at any of them', async () => {
  const four = await FourExporters.start({ exporters: ['xray', 'audit'], settings: { audit: "timeout: '3s'," } })
  // The removal of an exporter whose requests hang takes 3 s, in which documents arrive.
  four.audit.fault = 'hang'
  const load = new DocumentLoad(four.agent, ['grpc'], 10)
  await waitFor(() => four.audit.requests > 0, 'a request')
  const wrong = four.config(four.exporters('xray'))
  four.agent.writeConfig(wrong.replace('{', "{ receive: { otlp: { http: { host: '203.0.113.9' } } },"))
  await waitFor(() => /Cannot reload, .*203\.0\.113\.9/.test(four.agent.log), 'the rejection')
  const from = load.acknowledged.length
  await waitFor(() => load.acknowledged.length > from + 100, 'more documents')
  const sent = await load.stop()
  four.audit.fault = undefined
  await four.reload(`${four.exporters('xray')}, audit: ${four.exporter('audit', "region: 'us-east-1'")}`)
  await four.waitForAll(sent, ['xray', 'audit'])
  assert.deepEqual(await keptBy(four), {})
  assert.deepEqual(await four.stop(), [])
})

test('reload: the local store keeps the requests of all traces, while another exporter takes its time to go', async () => {
  const four = await FourExporters.start({ exporters: ['audit', 'local'], settings: { audit: "timeout: '3s'," } })
  four.audit.fault = 'hang'
  const load = new DocumentLoad(four.agent, ['http'], 10)
  await waitFor(() => four.audit.requests > 0, 'a request')
  await four.reload("local: { maxAge: '3d' }")
  const sent = await load.stop()
  await four.waitForAll(sent, ['local'])
  for (const { trace, id } of sent) {
    const response = await four.agent.admin(`/page/span/${trace}/${id}`)
    assert.equal(response.status, 200, `${trace} ${id}`)
  }
  assert.deepEqual(await four.stop(), [])
})
