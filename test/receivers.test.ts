import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { jsonRequest, protobufRequest } from './support/otlp.ts'

for (const runtime of ['binary', 'deno'] as const) {
  test(`an additional listener (${runtime}) counts what it receives, rejects and fails by its own name`, () =>
    countsByName(runtime))
}

async function countsByName(runtime: Runtime): Promise<void> {
  const config = '{ receive: { otlp: { additional: [{ grpc: { port: 0 }, http: { port: 0 } }] } } }'
  const agent = await AgentProcess.start({ runtime, config })
  const post = (receiver: string, body: string): Promise<Response> =>
    fetch(`http://${agent.address(receiver)}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  assert.equal((await post('otlp.http.2', jsonRequest([{}]))).status, 200)
  assert.equal((await post('otlp.http.2', 'no JSON')).status, 400)
  assert.equal((await post('otlp.http.2', jsonRequest([{ spanId: '00' }]))).status, 200)
  const grpc = new GrpcClient(agent.address('otlp.grpc.2'))
  assert.equal((await grpc.call(protobufRequest(jsonRequest([{}])))).code, 0)
  assert.equal((await grpc.call(new Uint8Array([0xff]))).code, 3)
  grpc.close()
  const { counts } = await (await agent.admin('/status')).json()
  assert.deepEqual(counts.received, { 'otlp.http.2': 1, 'otlp.grpc.2': 1 })
  assert.deepEqual(counts.rejected, { 'otlp.http.2': 1 })
  assert.deepEqual(counts.failedRequests, { 'otlp.http.2': 1, 'otlp.grpc.2': 1 })
  const metrics = await (await agent.admin('/metrics')).text()
  assert.match(metrics, /^rontgen_failed_requests_total\{receiver="otlp.grpc.2"\} 1$/m)
  await agent.stop()
}
