// Runs an agent in its own network namespace. The name of its endpoint is resolved by a fake name server, which first does
// not answer, and then answers late. Prints how many spans were acknowledged and delivered.
import { createSocket } from 'node:dgram'
import { AgentProcess } from './agent-process.ts'
import { sendSpans } from './send-spans.ts'
import { FakeXray } from './fake-xray.ts'
import { waitFor } from './wait-for.ts'

const aws = await new FakeXray().start()
let queries = 0
const begun = Date.now()
const server = createSocket('udp4')
server.on('message', (query, from) => {
  queries++
  if (Date.now() - begun < 3000) return
  setTimeout(() => server.send(answerOf(query), from.port, from.address), 1000)
})
await new Promise<void>((resolve) => server.bind(53, '127.0.0.1', () => resolve()))
const agent = await AgentProcess.start({
  config: `{ export: { xray: { region: 'us-west-2', endpoint: 'http://xray.test:${aws.port}', timeout: '5s' } } }`,
})
const ids = await sendSpans(agent, 200)
await waitFor(() => new Set(aws.segments.map(({ id }) => id)).size === ids.length, 'the spans', 40_000)
const failures = (agent.log.match(/Delivery to xray fails: Cannot reach X-Ray/g) ?? []).length
await agent.stop()
await aws.stop()
server.close()
process.stdout.write(
  JSON.stringify({ acknowledged: ids.length, delivered: new Set(aws.documents).size, failures, queries }) + '\n',
)

/** A: 127.0.0.1; nothing for other types (RFC 1035). */
function answerOf(query: Buffer): Buffer {
  const end = query.indexOf(0, 12) + 5
  const isA = query.readUInt16BE(end - 4) === 1
  const head = Buffer.from(query.subarray(0, end))
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(isA ? 1 : 0, 6)
  head.writeUInt32BE(0, 8)
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1])
  return isA ? Buffer.concat([head, record]) : head
}
