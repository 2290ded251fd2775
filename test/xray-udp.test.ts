import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { after, before, test } from 'node:test'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { hex } from './support/otlp.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `X-Ray UDP (${runtime}) ${text}`
  let aws: FakeXray
  let agent: AgentProcess
  const socket = createSocket('udp4')
  before(async () => {
    aws = await new FakeXray().start()
    agent = await AgentProcess.start({
      runtime,
      config: `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } }, queue: { batchWait: '10ms' } }`,
    })
  })
  after(async () => {
    socket.close()
    await agent.stop()
    await aws.stop()
  })
  const send = (text: string | Uint8Array): Promise<void> =>
    new Promise((resolve, reject) =>
      socket.send(text, agent.port('xray.udp'), '127.0.0.1', (error) => (error === null ? resolve() : reject(error)))
    )
  const segment = (more = ''): string =>
    `{"name":"ä \\"q\\" \\\\","id":"${hex(8)}","trace_id":"1-5759e988-${
      hex(12)
    }", "start_time":1.5,\t"end_time":2.50,"n":9007199254740993${more}}`

  for (
    const [name, header] of Object.entries({
      'as SDKs write it': '{"format": "json", "version": 1}\n',
      'without spaces': '{"format":"json","version":1}\n',
      'with CRLF': '{"format": "json", "version": 1}\r\n',
      'with other keys and order': '{"version":1,"x":2,"format":"JSON"}\n',
      'with empty lines': '{"format":"json","version":1}\n\n\n',
    })
  ) {
    test(title(`passes a document on byte for byte, with its header ${name}`), async () => {
      const document = segment()
      await send(header + document)
      await waitFor(() => aws.documents.includes(document), 'the document')
    })
  }

  test(title('passes on an array of subsegments, line ends and unusual characters'), async () => {
    const document = `[${segment(',\n"u":"\\u2028\u2028\u{1f600}"')},\r\n${segment()}]`
    await send('{"format":"json","version":1}\n' + document)
    await waitFor(() => aws.documents.includes(document), 'the array')
  })

  test(title('rejects malformed datagrams, and logs their sender and the reason'), async () => {
    for (
      const text of [
        '',
        'x',
        '{}\n{}',
        '{"format":"json","version":2}\n{}',
        '{"format":"json","version":1}\n',
        'a\n{}',
        '{"format":"json","version":1}\nnot',
        '{"format":"json","version":1}\n{"a":}',
      ]
    ) {
      await send(text)
    }
    await waitFor(
      () => /xray.udp: rejected data from UDP 127\.0\.0\.1:\d+: the datagram/.test(agent.log),
      'the reason in the log',
    )
    const document = segment()
    await send('{"format":"json","version":1}\n' + document)
    await waitFor(() => aws.documents.includes(document), 'the document after them')
  })

  test(title('passes the longest datagram on as it is'), async () => {
    const id = hex(8)
    const trace = `1-5759e988-${hex(12)}`
    const part = (n: number): string =>
      `{"id":"${hex(8)}","name":"part${n}","start_time":1,"end_time":2,"metadata":{"d":{"t":"${
        '"x'.repeat(9000).replaceAll('"', '\\"')
      }"}}}`
    const document = `{"name":"big","id":"${id}","trace_id":"${trace}","start_time":1,"end_time":2,"subsegments":[${
      part(1)
    },${part(2)}]}`
    assert.ok(document.length < 65_507 && document.length > 50_000)
    const longer = document.replace(
      '"name":"big"',
      `"name":"big","metadata":{"d":{"t":"${'y'.repeat(65_000 - document.length)}"}}`,
    )
    await send('{"format":"json","version":1}\n' + longer)
    const ofTrace = () => aws.segments.filter((found) => found['trace_id'] === trace)
    await waitFor(() => ofTrace().length > 0, 'the segment')
    // The limit of UDP is just below that of X-Ray, so no datagram has to be split.
    assert.equal(ofTrace().length, 1)
    assert.deepEqual(aws.issues, [])
  })

  // Deno reads datagrams more slowly, and the kernel drops what its buffer cannot hold, so fewer are sent at a time.
  const [count, burst] = runtime === 'binary' ? [3000, 50] : [300, 3]
  test(title(`delivers ${count} documents, each once`), async () => {
    const documents = Array.from({ length: count }, () => segment())
    for (const [i, document] of documents.entries()) {
      await send('{"format": "json", "version": 1}\n' + document)
      if (i % burst === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const expected = new Set(documents)
    const delivered = () => aws.documents.filter((document) => expected.has(document)).length
    await waitFor(() => delivered() >= count, 'all documents')
    assert.equal(delivered(), count)
  })
}
