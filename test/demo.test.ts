import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { AgentProcess, commandOf, type Runtime } from './support/agent-process.ts'
import { runCommand } from './support/run-command.ts'
import { waitFor } from './support/wait-for.ts'

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  test(`rontgen demo (${runtime}) says that its port is in use, and what to do`, async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { stderr, status } = await runCommand(['demo', '--port', String(port)], {}, runtime)
    other.close()
    assert.notEqual(status, 0)
    assert.match(
      stderr,
      new RegExp(`^rontgen: Cannot bind TCP 127\\.0\\.0\\.1:${port}: the port is in use; see .*--port`),
    )
  })

  test(`rontgen demo (${runtime}) answers with ids of traces that arrive, with a fault in S3, and its traffic has a dozen services`, async () => {
    const agent = await AgentProcess.start({ runtime, config: "{ queue: { batchWait: '10ms' } }" })
    const page = `http://${agent.address('admin')}/healthz`
    const [program, ...first] = commandOf(runtime)
    const args = [
      ...first,
      'demo',
      '--port',
      '0',
      '--page',
      page,
      '--traffic',
      '--otlp-http-port',
      String(agent.port('otlp.http')),
    ]
    const demo = spawn(program, args, { cwd: agent.folder, env: { PATH: process.env['PATH'], HOME: agent.folder } })
    let output = ''
    demo.stdout.on('data', (chunk) => (output += String(chunk)))
    demo.stderr.on('data', (chunk) => (output += String(chunk)))
    const exit = new Promise((resolve) => demo.on('exit', resolve))
    try {
      await waitFor(() => output.includes('/aws-sdk-call'), 'the demo')
      const base = /http:\/\/127.0.0.1:\d+/.exec(output)?.[0] ?? ''
      const get = async (path: string) => {
        const response = await fetch(base + path)
        const { traceId }: { traceId: string } = await response.json()
        assert.match(traceId, /^1-[0-9a-f]{8}-[0-9a-f]{24}$/)
        return { status: response.status, traceId }
      }
      assert.equal((await get('/')).status, 200)
      assert.equal((await get('/outgoing-http-call')).status, 200)
      const self = await get('/outgoing-sampleapp')
      const s3 = await get('/aws-sdk-call')
      assert.deepEqual([self.status, s3.status], [200, 500])
      const segments = async (id: string): Promise<Record<string, unknown>[]> => {
        const { Traces: [found] } = await (await agent.admin('/Traces', { TraceIds: [id] })).json()
        return (found?.Segments ?? []).map(({ Document }: { Document: string }) => JSON.parse(Document))
      }
      await waitFor(async () => (await segments(self.traceId)).length >= 3, 'the call to itself')
      await waitFor(async () => (await segments(s3.traceId)).length >= 2, 'the call to S3')
      const call = (await segments(s3.traceId)).find(({ name }) => name === 'S3')
      assert.equal(call?.['fault'], true)
      assert.match(JSON.stringify(call?.['cause']), /fake S3/)
      const now = Date.now() / 1000
      const services = async () => {
        const graph = await (await agent.admin('/ServiceGraph', { StartTime: now - 600, EndTime: now + 600 })).json()
        return graph.Services.map(({ Name }: { Name: string }) => Name)
      }
      await waitFor(async () => new Set(await services()).size >= 14, 'a dozen services')
    } finally {
      demo.kill('SIGINT')
      assert.equal(await exit, 0)
      await agent.stop()
    }
  })
}
