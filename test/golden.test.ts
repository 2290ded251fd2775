import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { AgentProcess } from './support/agent-process.ts'
import { differences, normalise } from './support/compare-documents.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { protobufRequest } from './support/otlp.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const lines = readFileSync(new URL('golden/otlp-to-segments.jsonl', import.meta.url), 'utf8').trim().split('\n')
const epoch = Math.floor(Date.now() / 1000).toString(16)

/** JSON with every long integer as a string, so that each of its digits counts. */
const exact = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) => (token.startsWith('"') ? token : `"${token}"`))

let aws: FakeXray
let agent: AgentProcess
before(async () => {
  aws = await new FakeXray().start()
  agent = await AgentProcess.start({
    config: `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } }, queue: { batchWait: '10ms' } }`,
  })
})
after(async () => {
  await agent.stop()
  await aws.stop()
})

for (const protocol of ['gRPC', 'HTTP protobuf', 'HTTP JSON'] as const) {
  test(`the ${lines.length} recorded spans become the recorded documents through ${protocol}`, async () => {
    const grpc = new GrpcClient(agent.address('otlp.grpc'))
    const send = async (json: string): Promise<void> => {
      if (protocol === 'gRPC') {
        const { code, message } = await grpc.call(protobufRequest(json))
        assert.equal(code, 0, message)
        return
      }
      const isJson = protocol === 'HTTP JSON'
      const response = await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': isJson ? 'application/json' : 'application/x-protobuf' },
        body: isJson ? json : protobufRequest(json),
      })
      assert.equal(response.status, 200, await response.text())
    }
    aws.documents.length = 0
    let wanted = 0
    for (const line of lines) {
      const { request, segments, crashed } = JSON.parse(exact(line))
      await send(JSON.stringify(request).replaceAll('EPOCHSEC', epoch))
      wanted += crashed === true ? 2 : segments.length
    }
    grpc.close()
    await waitFor(() => aws.documents.length >= wanted, `${wanted} documents`)
    assert.equal(aws.documents.length, wanted)
    const byTrace = Map.groupBy(
      aws.documents.map((document) => JSON.parse(exact(document))),
      (segment) => segment.trace_id,
    )
    const issues = lines.flatMap((line, n) => {
      const { request, segments, crashed } = JSON.parse(exact(line).replaceAll('EPOCHSEC', epoch))
      const { traceId } = request.resourceSpans[0].scopeSpans[0].spans[0]
      const got = byTrace.get(`1-${traceId.slice(0, 8)}-${traceId.slice(8)}`) ?? []
      if (crashed === true) return got.length === 2 ? [] : [`line ${n + 1}: ${got.length} documents`]
      return differences(normalise(segments), normalise(got)).filter(isUnwanted).map((issue) => `line ${n + 1}${issue}`)
    })
    assert.deepEqual(issues, [])
  })
}

/** The exporter leaves the host out of some URLs, where ours has it. */
function isUnwanted(issue: string): boolean {
  return !/\.http\.request\.url: expected "https?:\/\/(\/|:)/.test(issue)
}

test('every request was signed, and of at most 50 documents', () => {
  assert.deepEqual(aws.issues, [])
})
