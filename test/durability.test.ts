import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { type AgentOptions, AgentProcess } from './support/agent-process.ts'
import { GrpcClient } from './support/grpc-client.ts'
import { hex, jsonRequest, protobufRequest } from './support/otlp.ts'
import { sendSpans } from './support/send-spans.ts'
import { FakeXray } from './support/fake-xray.ts'
import { waitFor } from './support/wait-for.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-durability-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let folders = 0
const newDir = (): string => join(folder, `spool-${folders++}`)
const arrived = (aws: FakeXray): Set<string> => new Set(aws.segments.map(({ id }) => String(id)))
const options = (aws: FakeXray, dir: string, queue = ''): AgentOptions => ({
  dir,
  config: `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } }, queue: { ${queue} } }`,
})
const allArrive = (aws: FakeXray, ids: readonly string[]): Promise<void> =>
  waitFor(
    () => {
      const ofAws = arrived(aws)
      return ids.every((id) => ofAws.has(id))
    },
    `${ids.length} documents`,
    60_000,
  )

test(
  'durability: 50 rounds of SIGKILL under load lose nothing that was acknowledged',
  { timeout: 180_000 },
  async () => {
    const aws = await new FakeXray().start()
    const dir = newDir()
    const acknowledged: string[] = []
    for (let round = 0; round < 50; round++) {
      // AWS fails in a third of the rounds, so that many documents stay in the spool.
      aws.fault = round % 3 === 1 ? { status: 500 } : undefined
      const agent = await AgentProcess.start(options(aws, dir, "batchWait: '20ms'"))
      const grpc = new GrpcClient(agent.address('otlp.grpc'))
      let isOver = false
      const byHttp = async (): Promise<void> => {
        while (!isOver) acknowledged.push(...await sendSpans(agent, 20).catch(() => []))
      }
      const byGrpc = async (): Promise<void> => {
        while (!isOver) {
          const ids = Array.from({ length: 20 }, () => hex(8))
          const { code } = await grpc.call(protobufRequest(jsonRequest(ids.map((spanId) => ({ spanId })))))
          if (code === 0) acknowledged.push(...ids)
        }
      }
      const clients = [byHttp(), byHttp(), byGrpc(), byGrpc()]
      await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 200))
      await agent.kill()
      isOver = true
      await Promise.all(clients)
      grpc.close()
    }
    assert.ok(acknowledged.length > 5000, `only ${acknowledged.length} were acknowledged`)
    aws.fault = undefined
    const last = await AgentProcess.start(options(aws, dir))
    await allArrive(aws, acknowledged)
    await last.stop()
    await aws.stop()
  },
)

test('durability: a spool that is not a database is quarantined, and the agent starts', async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  mkdirSync(dir)
  overwrite(join(dir, 'spool.sqlite'), 0, Buffer.from('no database at all '.repeat(1000)))
  const agent = await AgentProcess.start(options(aws, dir))
  assert.match(
    agent.log,
    /ERROR The spool is damaged .*not a database.* moved to ".*spool.sqlite.quarantine-.*A new spool is in use/,
  )
  await allArrive(aws, await sendSpans(agent, 10))
  await agent.stop()
  assert.equal(readdirSync(dir).filter((name) => name.includes('quarantine')).length, 1)
  await aws.stop()
})

test('durability: the readable documents of a damaged spool are delivered', async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  aws.fault = { status: 500 }
  const first = await AgentProcess.start(options(aws, dir, "stopTimeout: '100ms'"))
  const ids: string[] = []
  for (let i = 0; i < 40; i++) ids.push(...await sendSpans(first, 20))
  await first.stop()
  const file = join(dir, 'spool.sqlite')
  // The middle of the file has rows; page 1 and the root pages of the tables stay intact.
  overwrite(file, Math.floor(statSync(file).size / 2), Buffer.alloc(40_000, 0xff))
  aws.fault = undefined
  const second = await AgentProcess.start(options(aws, dir, "batchWait: '10ms'"))
  await waitFor(() => arrived(aws).size > 0, 'what is left')
  const late = await sendSpans(second, 5)
  await allArrive(aws, late)
  await waitFor(async () => (await (await second.admin('/status')).json()).queue.documents === 0, 'an empty queue')
  const { deadLetters } = await (await second.admin('/status')).json()
  const recovered = ids.filter((id) => arrived(aws).has(id)).length
  assert.ok(recovered >= 200, `only ${recovered} of ${ids.length} were recovered`)
  // The damage is reported: as a quarantined spool, or as documents that X-Ray could not read.
  assert.ok(recovered === ids.length || /The spool is damaged/.test(second.log) || deadLetters.count > 0, second.log)
  assert.deepEqual(aws.issues, [])
  await second.stop()
  await aws.stop()
})

test('durability: documents in memory are delivered although the files of the spool are overwritten', async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  aws.fault = { status: 500 }
  const agent = await AgentProcess.start(options(aws, dir, "batchWait: '10ms'"))
  const ids = await sendSpans(agent, 100)
  for (const name of ['spool.sqlite', 'spool.sqlite-wal']) overwrite(join(dir, name), 0, Buffer.alloc(600_000, 0x55))
  for (let i = 0; i < 30; i++) ids.push(...await sendSpans(agent, 20).catch(() => []))
  aws.fault = undefined
  await allArrive(aws, ids)
  await agent.stop()
  await aws.stop()
})

test('durability: a spool that is damaged while the agent runs is replaced, and the agent continues', async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  aws.fault = { status: 500 }
  const agent = await AgentProcess.start(options(aws, dir, "batchWait: '10ms', maxMemory: '1KiB'"))
  // What is read later must not be in SQLite's cache of 12 MB, so it is more than that, of data that hardly compresses.
  for (let i = 0; i < 40; i++) {
    const spans = Array.from({ length: 50 }, () => ({ attributes: { noise: hex(10_000) } }))
    const response = await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: jsonRequest(spans),
    })
    assert.equal(response.status, 200)
  }
  for (const name of ['spool.sqlite', 'spool.sqlite-wal']) {
    const file = join(dir, name)
    overwrite(file, 65_536, Buffer.alloc(statSync(file).size - 65_536, 0x55))
  }
  aws.fault = undefined
  await waitFor(() => /ERROR The spool is damaged .*A new spool is in use/.test(agent.log), 'a new spool')
  await allArrive(aws, await sendSpans(agent, 20))
  assert.deepEqual(aws.issues, [])
  await agent.stop()
  await aws.stop()
})

test('durability: a spool that is removed while the agent runs is reported, and nothing is lost by a SIGKILL after it', async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  aws.fault = { status: 500 }
  const agent = await AgentProcess.start(options(aws, dir, "batchWait: '10ms'"))
  const ids = await sendSpans(agent, 500)
  rmSync(dir, { recursive: true })
  await waitFor(() => /ERROR ".*spool.sqlite" was removed while the agent uses it/.test(agent.log), 'the error')
  for (let i = 0; i < 10; i++) ids.push(...await sendSpans(agent, 50))
  assert.equal(statSync(dir).mode & 0o777, 0o700)
  assert.equal(statSync(join(dir, 'spool.sqlite')).mode & 0o777, 0o600)
  await agent.kill()
  aws.fault = undefined
  const again = await AgentProcess.start(options(aws, dir))
  await allArrive(aws, ids)
  await again.stop()
  await aws.stop()
})

test('durability: a spool of version 1 is read', async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  mkdirSync(dir)
  const db = new DatabaseSync(join(dir, 'spool.sqlite'))
  // As version 0.1.0 created it.
  db.exec(
    `CREATE TABLE blocks (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, documents INTEGER NOT NULL, bytes BLOB NOT NULL, ends BLOB NOT NULL, traces BLOB NOT NULL);
     CREATE TABLE dead_letters (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, reason TEXT NOT NULL, document BLOB NOT NULL);
     CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
     PRAGMA user_version = 1`,
  )
  const documents = [hex(8), hex(8)].map((id) => JSON.stringify(JSON.stringify({ id, name: 'old' })))
  const bytes = Buffer.from(documents.join(','))
  const ends = Uint32Array.from([documents[0]?.length ?? 0, bytes.length])
  const words = (array: Uint32Array): Uint8Array => new Uint8Array(array.buffer)
  db.prepare('INSERT INTO blocks VALUES (7, ?, 2, ?, ?, ?)').run(
    Date.now(),
    bytes,
    words(ends),
    words(new Uint32Array(2)),
  )
  db.prepare('INSERT INTO dead_letters VALUES (1, ?, ?, ?)').run(Date.now(), 'X-Ray answered 400', Buffer.from('"{}"'))
  db.close()
  const agent = await AgentProcess.start(options(aws, dir))
  await waitFor(() => aws.documents.length === 2, 'the old documents')
  const { deadLetters } = await (await agent.admin('/dead-letters')).json()
  assert.equal(deadLetters[0].message, 'X-Ray answered 400')
  await agent.stop()
  await aws.stop()
})

test('durability: UDP documents that arrive while the agent stops are kept', async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  aws.fault = 'hang'
  const agent = await AgentProcess.start(options(aws, dir, "stopTimeout: '1s', batchWait: '10ms'"))
  await sendSpans(agent, 5)
  const port = agent.port('xray.udp')
  agent.child.kill('SIGTERM')
  await waitFor(() => agent.log.includes('Stopping'), 'the stop')
  const socket = createSocket('udp4')
  const ids = Array.from({ length: 50 }, () => hex(8))
  await Promise.all(
    ids.map((id) =>
      new Promise((resolve) => socket.send(`{"format":"json","version":1}\n{"id":"${id}"}`, port, '127.0.0.1', resolve))
    ),
  )
  await agent.stop()
  socket.close()
  assert.match(agent.log, /55 documents stay in the spool/)
  aws.fault = undefined
  const again = await AgentProcess.start(options(aws, dir))
  await allArrive(aws, ids)
  await again.stop()
  await aws.stop()
})

test('durability: a second agent on the same folder does not start, and says why', async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  const first = await AgentProcess.start(options(aws, dir))
  await assert.rejects(AgentProcess.start(options(aws, dir)), /ended with 69[^]*another rontgen has it open.*queue.dir/)
  await allArrive(aws, await sendSpans(first, 5))
  await first.stop()
  await aws.stop()
})

const hasMounts = spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0
const mount = (text: string): readonly string[] => ['unshare', '-m', 'sh', '-c', `${text} && exec "$0" "$@"`]
const skip = hasMounts ? false : 'unshare and mount may not make a tmpfs here'

test('durability: on a full disk clients get errors, and nothing that was acknowledged is lost', { skip }, async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  mkdirSync(dir)
  aws.fault = { status: 500 }
  const agent = await AgentProcess.start({
    ...options(aws, dir, "batchWait: '10ms'"),
    wrap: mount(`mount -t tmpfs -o size=3m none ${dir}`),
  })
  const acknowledged: string[] = []
  let rejections = 0
  for (let i = 0; i < 4000 && rejections < 20; i++) {
    try {
      acknowledged.push(...await sendSpans(agent, 50))
    } catch {
      rejections++
    }
  }
  assert.ok(rejections > 0, 'the disk did not become full')
  assert.match(agent.log, /Cannot write the spool.*Is the disk full/)
  aws.fault = undefined
  await allArrive(aws, acknowledged)
  const isAccepting = async (): Promise<boolean> => {
    const more = await sendSpans(agent, 50).catch(() => [])
    acknowledged.push(...more)
    return more.length > 0
  }
  await waitFor(isAccepting, 'room on the disk')
  await allArrive(aws, acknowledged)
  await agent.stop()
  await aws.stop()
})

test('durability: if the spool cannot be written, another folder is used and logged', { skip }, async () => {
  const aws = await new FakeXray().start()
  const dir = newDir()
  mkdirSync(dir)
  const agent = await AgentProcess.start({
    ...options(aws, dir),
    env: { TMPDIR: folder },
    wrap: mount(`mount -t tmpfs -o ro,size=1m none ${dir}`),
  })
  assert.match(agent.log, /ERROR Cannot open the spool .* is used instead. Make queue.dir writable, and restart/)
  await allArrive(aws, await sendSpans(agent, 10))
  await agent.stop()
  const again = await AgentProcess.start({
    ...options(aws, dir),
    env: { TMPDIR: join(dir, 'temporary') },
    wrap: mount(`mount -t tmpfs -o ro,size=1m none ${dir}`),
  })
  assert.match(again.log, /ERROR Cannot open the spool .* memory is used instead, and what waits is lost/)
  await allArrive(aws, await sendSpans(again, 10))
  await again.stop()
  await aws.stop()
})

test('durability: queue.dir ":memory:" delivers, and writes nothing to disk', async () => {
  const aws = await new FakeXray().start()
  const agent = await AgentProcess.start({ ...options(aws, ':memory:') })
  await allArrive(aws, await sendSpans(agent, 10))
  assert.equal(existsSync(join(agent.folder, ':memory:')), false)
  await agent.stop()
  await aws.stop()
})

function overwrite(file: string, at: number, bytes: Buffer): void {
  const handle = openSync(file, existsSync(file) ? 'r+' : 'w')
  writeSync(handle, bytes, 0, bytes.length, at)
  closeSync(handle)
}
