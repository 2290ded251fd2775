import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { AgentProcess } from './support/agent-process.ts'
import { FakeXray } from './support/fake-xray.ts'
import { hostileRequests } from './support/hostile-requests.ts'
import { jsonRequest } from './support/otlp.ts'
import { waitFor } from './support/wait-for.ts'

/** Nearly what a request may have by default, in bytes; and of requests with many spans, each of which is delivered. */
const FULL = 19_000_000
const MANY_SPANS = 2_000_000

/** Bounds that any busy machine keeps, and that the work of no request stayed below before it had a limit. */
const MAX_WAIT_MS = 15_000
const MAX_RSS = 700e6

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

const post = (body: BodyInit, headers: Record<string, string>): Promise<Response> =>
  fetch(`http://${agent.address('otlp.http')}/v1/traces`, { method: 'POST', headers, body })

/** A figure of the agent's memory, in bytes. @param name such as `VmHWM`, the most since {@link forgetPeak} */
function memory(name: string): number {
  const status = readFileSync(`/proc/${agent.child.pid}/status`, 'utf8')
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024
}

function forgetPeak(): void {
  writeFileSync(`/proc/${agent.child.pid}/clear_refs`, '5')
}

/** Sends requests of one span until `work` is done. @returns how long the slowest waited, in milliseconds */
async function longestWait(work: Promise<unknown>): Promise<number> {
  let isDone = false
  void work.finally(() => (isDone = true)).catch(() => {})
  let longest = 0
  do {
    const start = performance.now()
    const response = await post(jsonRequest([{}]), { 'content-type': 'application/json' })
    assert.equal(response.status, 200, await response.text())
    longest = Math.max(longest, performance.now() - start)
  } while (!isDone)
  return longest
}

for (const [name, { create, hasManySpans }] of Object.entries(hostileRequests)) {
  test(`a request with ${name} holds up no other, and stays within the memory`, async () => {
    const body = gzipSync(create(hasManySpans ? MANY_SPANS : FULL))
    forgetPeak()
    const hostile = post(body, { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' })
    const wait = await longestWait(hostile)
    const response = await hostile
    const peak = memory('VmHWM')
    if (process.env['HOSTILE_FIGURES'] === '1') {
      process.stderr.write(
        `${name}: ${body.length} bytes, wait ${Math.round(wait)} ms, peak ${Math.round(peak / 1e6)} MB\n`,
      )
    }
    assert.equal(response.status, 200, await response.text())
    assert.ok(wait < MAX_WAIT_MS, `${wait} ms`)
    assert.ok(peak < MAX_RSS, `${peak} bytes`)
  })
}

test('what hostile requests were cut by is counted and logged, every document fits, and memory is given back', async () => {
  const status = async (): Promise<{ counts: { truncated: number } }> => await (await agent.admin('/status')).json()
  assert.ok((await status()).counts.truncated > 0)
  assert.match(agent.log, /Truncated \d+ documents?/)
  await waitFor(() => memory('VmRSS') < MAX_RSS / 2, 'the memory to be given back')
  for (const document of aws.documents) assert.ok(Buffer.byteLength(document) <= 64 * 1024)
})
