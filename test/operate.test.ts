import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { AgentProcess, commandOf, type Runtime } from './support/agent-process.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { jsonRequest, protobufRequest } from './support/otlp.ts'
import { sendSpans } from './support/send-spans.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-operate-'))
after(() => rmSync(folder, { recursive: true }))
const arrived = (aws: FakeXray): Set<string> => new Set(aws.segments.map(({ id }) => String(id)))

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `operating (${runtime}) ${text}`
  const configFor = (aws: FakeXray, queue = "batchWait: '10ms'"): string =>
    `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } }, queue: { ${queue} } }`
  /** Runs a command next to an agent, with its spool folder and admin port. */
  const command = (agent: AgentProcess, dir: string, ...args: string[]) => {
    const [program, ...first] = commandOf(runtime)
    const port = /Listening: admin on \S+:(\d+)/.exec(agent.log)?.[1] ?? ''
    return spawnSync(program, [...first, ...args], {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, RONTGEN_ADMIN_PORT: port, RONTGEN_QUEUE_DIR: dir },
    })
  }

  test(title('counts what was received and sent, alike in status and metrics'), async () => {
    const aws = await new FakeXray().start()
    const dir = mkdtempSync(join(folder, 'spool-'))
    const agent = await AgentProcess.start({ runtime, config: configFor(aws), dir })
    await sendSpans(agent, 30)
    const grpc = new GrpcClient(agent.address('otlp.grpc'))
    await grpc.call(protobufRequest(jsonRequest([{}, {}])))
    await grpc.call(new Uint8Array([0xff]))
    grpc.close()
    const socket = createSocket('udp4')
    for (const text of ['{"format":"json","version":1}\n{"id":"1","name":"u"}', 'no header']) {
      socket.send(text, agent.port('xray.udp'), '127.0.0.1')
    }
    await waitFor(() => aws.documents.length === 33, 'the documents')
    socket.close()
    const status = async () => await (await agent.admin('/status')).json()
    await waitFor(async () => (await status()).counts.rejected['xray.udp'] === 1, 'the rejection')
    const { counts, delivery, queue, listening, deadLetters, credentials, configHash, problems, rates, exporters } =
      await status()
    assert.equal(credentials.accessKeyId, 'AKIDEXAMPLE')
    assert.match(credentials.source, /env|chain/)
    assert.deepEqual(exporters[0].credentials, credentials)
    assert.equal(exporters[0].to, `sending to AWS X-Ray in us-west-2, at ${aws.url}`)
    assert.match(agent.log, /Started: rontgen \S+, sending to AWS X-Ray in us-west-2, at http:\S+; the spool is/)
    assert.match(configHash, /^[0-9a-f]{12}$/)
    assert.ok(problems.some(({ kind }: { kind: string }) => kind === 'otlp.grpc failed'))
    assert.ok(rates.received > 0)
    assert.deepEqual(counts.received, { 'otlp.http': 30, 'otlp.grpc': 2, 'xray.udp': 1 })
    assert.deepEqual(counts.failedRequests, { 'otlp.grpc': 1 })
    assert.deepEqual(counts.sent, { xray: 33 })
    assert.equal(exporters[0].counts.requests.ok, aws.requests)
    assert.equal(delivery.state, 'ok')
    assert.deepEqual([queue.documents, queue.dir, deadLetters.count], [0, dir, 0])
    assert.equal(listening['otlp.grpc'], agent.address('otlp.grpc'))

    const text = await (await agent.admin('/metrics')).text()
    assert.match(text, /^rontgen_received_total\{receiver="otlp.http"\} 30$/m)
    assert.match(text, /^rontgen_rejected_total\{receiver="xray.udp"\} 1$/m)
    assert.match(text, /^rontgen_sent_total\{exporter="xray"\} 33$/m)
    assert.match(
      text,
      new RegExp(`^rontgen_request_seconds_bucket\\{exporter="xray",le="\\+Inf"\\} ${aws.requests}$`, 'm'),
    )
    assert.match(text, new RegExp(`^rontgen_request_seconds_count\\{exporter="xray"\\} ${aws.requests}$`, 'm'))
    assert.match(text, /^rontgen_delivery_failing\{exporter="xray"\} 0$/m)
    assert.equal((await agent.admin('/healthz')).status, 200)
    assert.equal((await agent.admin('/readyz')).status, 200)

    const shown = command(agent, dir, 'status')
    assert.equal(shown.status, 0, shown.stderr)
    assert.match(shown.stdout, /^received +33 \(otlp.http 30, otlp.grpc 2, xray.udp 1\)$/m)
    assert.equal(JSON.parse(command(agent, dir, 'status', '--json').stdout).counts.sent.xray, 33)
    await agent.stop()
    const gone = command(agent, dir, 'status')
    assert.equal(gone.status, 69)
    assert.match(gone.stderr, /No agent answers at http:\/\/127.0.0.1:\d+; is it running/)
    await aws.stop()
  })

  test(title('lists, shows, redrives and drops dead letters, with an agent and without'), async () => {
    const aws = await new FakeXray().start()
    const dir = mkdtempSync(join(folder, 'spool-'))
    const agent = await AgentProcess.start({ runtime, config: configFor(aws), dir })
    const deadLetters = (...args: string[]) => command(agent, dir, 'dead-letters', ...args)
    assert.equal(deadLetters('list').stdout, 'There are no dead letters\n')
    aws.fault = ([document]) => {
      const { id } = JSON.parse(document ?? '{}')
      return { Id: id, ErrorCode: 'InvalidSegment', Message: 'no "good"' }
    }
    const ids = await sendSpans(agent, 6)
    await waitFor(async () => (await (await agent.admin('/status')).json()).deadLetters.count === 6, 'the dead letters')
    const lines = deadLetters('list').stdout.trim().split('\n')
    assert.equal(lines.length, 6)
    assert.match(
      lines[0] ?? '',
      /^1 {2}\S+Z {2}xray {2}unprocessed {2}1-\w{8}-\w{24} {2}\w{16} {2}shop {2}InvalidSegment: no "good"$/,
    )
    const shown = deadLetters('show', '2').stdout
    assert.match(shown, /message +InvalidSegment: no "good"/)
    const [, json = ''] = shown.split('\n\n')
    assert.ok(ids.includes(JSON.parse(json).id))
    assert.equal(JSON.parse(deadLetters('show', '2', '--json').stdout).id, 2)
    aws.fault = undefined
    assert.equal(deadLetters('retry', '1', '2').stdout, '2 put back into the queue\n')
    await waitFor(() => aws.documents.length === 2, 'two documents')
    assert.equal(deadLetters('drop', '3').stdout, '1 dropped\n')
    const none = deadLetters('drop', '3')
    assert.equal(none.status, 69)
    assert.equal(none.stdout, '')
    assert.match(none.stderr, /: 3 is not the id of a dead letter/)
    assert.match(deadLetters('drop', '3', '99').stderr, /: 3, 99 are not ids of dead letters/)
    for (const wrong of [['retry'], ['burn', '1'], ['show', 'x'], ['show'], ['drop', '4', '--all']]) {
      assert.equal(deadLetters(...wrong).status, 64, wrong.join(' '))
    }
    await agent.stop()
    // Now the spool itself is opened. The config must be the agent's, as dead letters return to its exporter.
    const config = join(dir, 'config.ts')
    writeFileSync(config, `export default ${configFor(aws)}\n`)
    const offline = (...args: string[]) => deadLetters(...args, '--config', config)
    assert.match(deadLetters('retry', '--all').stderr, /"xray" is not in the config; send to one of local, console/)
    assert.equal(offline('list').stdout.trim().split('\n').length, 3)
    assert.equal(offline('drop', '4').stdout, '1 dropped\n')
    assert.equal(offline('retry', '--all').stdout, '2 put back into the queue\n')
    const again = await AgentProcess.start({ runtime, config: configFor(aws), dir })
    await waitFor(() => aws.documents.length === 4, 'the documents')
    assert.equal(arrived(aws).size, 4)
    await again.stop()
    await aws.stop()
  })

  test(title('traces its own deliveries if selfTracing is on, without a loop'), async () => {
    const aws = await new FakeXray().start()
    const agent = await AgentProcess.start({ runtime, config: configFor(aws).replace(/}$/, ', selfTracing: true }') })
    await sendSpans(agent, 3)
    const selfTraces = () => aws.segments.filter(({ name }) => name === 'rontgen')
    await waitFor(() => selfTraces().length === 1, 'the trace of the delivery')
    assert.deepEqual(selfTraces()[0]?.['annotations'], { documents: 3, waiting: 3 })
    await new Promise((resolve) => setTimeout(resolve, 2500))
    assert.equal(selfTraces().length, 1)
    assert.deepEqual(aws.issues, [])
    await agent.stop()
    await aws.stop()
  })

  test(title('rejects requests to the admin port from pages of other sites'), async () => {
    const agent = await AgentProcess.start({ runtime })
    const port = agent.port('admin')
    const status = await new Promise<number | undefined>((resolve) => {
      request(
        { host: '127.0.0.1', port, path: '/status', headers: { host: `evil.example.com:${port}` } },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      ).end()
    })
    assert.equal(status, 421)
    const url = `http://127.0.0.1:${port}/dead-letters/drop`
    assert.equal((await fetch(url, { method: 'POST', body: '{"ids":"all"}' })).status, 415)
    const headers = { 'content-type': 'application/json' }
    assert.equal((await fetch(url, { method: 'POST', headers, body: '{"ids":[]}' })).status, 400)
    assert.equal((await fetch(url, { method: 'POST', headers, body: 'x' })).status, 400)
    assert.equal((await agent.admin('/dead-letters?limit=0')).status, 400)
    assert.equal((await agent.admin('/dead-letters/77')).status, 404)
    assert.equal((await agent.admin('/nothing')).status, 404)
    await agent.stop()
  })

  test(
    title('applies a changed config and keeps connections, and keeps the old config if the new one is invalid'),
    async () => {
      const [first, second] = [await new FakeXray().start(), await new FakeXray().start()]
      const agent = await AgentProcess.start({ runtime, config: configFor(first) })
      const grpc = new GrpcClient(agent.address('otlp.grpc'))
      const call = async (): Promise<number> =>
        (await grpc.call(protobufRequest(jsonRequest([{ attributes: { vip: true } }])))).code
      assert.equal(await call(), 0)
      await waitFor(() => first.documents.length === 1, 'the first document')
      const addresses = agent.log.match(/Listening.*/g)

      agent.writeConfig('{ queue: { maxbytes: 3 } }')
      await waitFor(() => /ERROR Cannot reload.*maxBytes/s.test(agent.log), 'the rejection')
      assert.equal(await call(), 0)
      await waitFor(() => first.documents.length === 2, 'the second document')

      const changed = configFor(second).replace('{', "{ translate: { indexedAttributes: ['vip'] },")
      agent.writeConfig(changed)
      await waitFor(() => /Reloaded: translate changed, xray replaced; now sending to /.test(agent.log), 'the reload')
      assert.deepEqual(agent.log.match(/Listening.*/g), addresses, 'no socket is opened again')
      assert.equal(await call(), 0)
      await waitFor(() => second.documents.length === 1, 'the third document')
      assert.deepEqual(second.segments[0]?.['annotations'], { vip: true })
      grpc.close()

      agent.writeConfig(changed.replace('{', '{ receive: { xray: { udp: false } },'))
      agent.child.kill('SIGHUP')
      await waitFor(() => agent.log.includes('xray.udp stopped'), 'the reload')
      agent.writeConfig(changed)
      agent.child.kill('SIGHUP')
      await waitFor(() => agent.log.includes('xray.udp started'), 'the reload')
      const socket = createSocket('udp4')
      socket.send('{"format":"json","version":1}\n{"id":"u"}', agent.port('xray.udp'), '127.0.0.1')
      await waitFor(() => arrived(second).has('u'), 'the document')
      socket.close()
      await agent.stop()
      await first.stop()
      await second.stop()
    },
  )

  test(title('applies a change of the config that is made during the start'), async () => {
    const changed = "export default { translate: { logGroups: ['g'] } }"
    const agent = await AgentProcess.start({
      runtime,
      config:
        `() => (setTimeout(() => process.getBuiltinModule('node:fs').writeFileSync('config.ts', "${changed}")), {})`,
    })
    await waitFor(() => /Reloaded: .*translate changed/.test(agent.log), 'the reload')
    await agent.stop()
  })

  test(title('keeps the old config when the new one has a port that cannot be bound'), async () => {
    const aws = await new FakeXray().start()
    const other = await new FakeXray().start()
    const agent = await AgentProcess.start({
      runtime,
      config: configFor(aws),
    })
    agent.writeConfig(
      configFor(aws).replace(
        '{',
        `{ admin: { host: '127.0.0.1' }, receive: { otlp: { http: { allowedOrigins: ['*'] }, grpc: { host: '203.0.113.9' } } },`,
      ),
    )
    await waitFor(
      () => /Cannot reload, so the config stays as it was: Cannot bind TCP 203.0.113.9/.test(agent.log),
      'the rejection',
    )
    await waitFor(() => (agent.log.match(/Listening: otlp.grpc/g) ?? []).length === 2, 'the old receiver')
    const ids = await sendSpans(agent, 5)
    await waitFor(() => ids.every((id) => arrived(aws).has(id)), 'the spans')
    await agent.stop()
    await other.stop()
    await aws.stop()
  })

  test(title('loses nothing while it is reloaded repeatedly under load'), async () => {
    const aws = await new FakeXray().start()
    const agent = await AgentProcess.start({ runtime, config: configFor(aws) })
    const ids: string[] = []
    let isOver = false
    const load = (async () => {
      while (!isOver) ids.push(...await sendSpans(agent, 10).catch(() => []))
    })()
    const reloads = (): number => (agent.log.match(/Reloaded: /g) ?? []).length
    for (let i = 1; i <= 8 || ids.length <= 100; i++) {
      const before = reloads()
      agent.writeConfig(configFor(aws, `batchWait: '${i}0ms'`).replace('{', `{ translate: { logGroups: ['g${i}'] },`))
      agent.child.kill('SIGHUP')
      await waitFor(() => reloads() > before, 'the reload')
    }
    isOver = true
    await load
    await waitFor(() => ids.every((id) => arrived(aws).has(id)), 'the spans')
    await agent.stop()
    await aws.stop()
  })

  test(title('answers 503 and UNAVAILABLE while receive.maxInFlight bytes are arriving'), async () => {
    const agent = await AgentProcess.start({ runtime, config: "{ receive: { maxInFlight: '1KiB' } }" })
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': '2000' }
    const slow = request({ port: agent.port('otlp.http'), path: '/v1/traces', method: 'POST', headers })
    slow.on('error', () => {})
    slow.write(Buffer.alloc(10))
    const post = (): Promise<Response> =>
      fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: jsonRequest([{}]),
      })
    await waitFor(async () => (await post()).status === 503, 'a rejection')
    assert.equal((await post()).headers.get('retry-after'), '1')
    const grpc = new GrpcClient(agent.address('otlp.grpc'))
    const { code, message } = await grpc.call(protobufRequest(jsonRequest([{}])))
    assert.equal(code, 14)
    assert.match(message, /receive.maxInFlight/)
    slow.destroy()
    await waitFor(async () => (await post()).status === 200, 'room')
    assert.equal((await grpc.call(protobufRequest(jsonRequest([{}])))).code, 0)
    grpc.close()
    await agent.stop()
  })

  test(title('stops at once at the second signal, and leaves queued documents in the spool'), async () => {
    const aws = await new FakeXray().start()
    aws.fault = 'hang'
    const dir = mkdtempSync(join(folder, 'spool-'))
    const agent = await AgentProcess.start({ runtime, config: configFor(aws, "stopTimeout: '1h'"), dir })
    const ids = await sendSpans(agent, 60)
    agent.child.kill('SIGINT')
    await waitFor(() => agent.log.includes('Stopping'), 'the stop')
    const code = await agent.stop('SIGINT')
    assert.equal(code, 0, agent.log)
    assert.match(agent.log, /Stopped: 60 received; delivered: 0 by xray; 60 documents stay in the spool/)
    aws.fault = undefined
    const again = await AgentProcess.start({ runtime, config: configFor(aws), dir })
    await waitFor(() => ids.every((id) => arrived(aws).has(id)), 'the spans')
    await again.stop()
    await aws.stop()
  })

  test(title('reports to X-Ray what it received and sent, unless export.xray.telemetry is false'), async () => {
    const aws = await new FakeXray().start()
    const agent = await AgentProcess.start({ runtime, config: configFor(aws) })
    await sendSpans(agent, 12)
    await waitFor(() => aws.documents.length === 12, 'the documents')
    const quiet = await AgentProcess.start({
      runtime,
      config: configFor(aws).replace("'us-west-2',", "'us-west-2', telemetry: false,"),
    })
    await sendSpans(quiet, 3)
    await waitFor(() => aws.documents.length === 15, 'the documents')
    // Counts that were not reported yet are reported at the stop.
    await quiet.stop()
    await agent.stop()
    const [report, ...others] = aws.calls.filter(({ path }) => path === '/TelemetryRecords').map(({ body }) =>
      JSON.parse(body)
    )
    assert.deepEqual(others, [])
    const [record] = report.TelemetryRecords
    assert.deepEqual([record.SegmentsReceivedCount, record.SegmentsSentCount, record.SegmentsRejectedCount], [
      12,
      12,
      0,
    ])
    assert.ok(Math.abs(record.Timestamp - Date.now() / 1000) < 60)
    assert.deepEqual(aws.issues, [])
    await aws.stop()
  })
}
