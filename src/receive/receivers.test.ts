import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { countingNext, recordEvents, startReceiver } from '../../test/support/component-lab.ts'
import { runScript } from '../../test/support/run-script.ts'
import { describeConfig, type KeyDescription } from '../config/describe-config.ts'
import { overrideOptions } from '../config/overrides.ts'
import { receiverList } from './receiver-list.ts'

// What every receiver of the registry must do, whatever its protocol.

const portOf = (address: string): number => Number(address.split(':').pop())

function leaves(keys: readonly KeyDescription[]): KeyDescription[] {
  return keys.flatMap((key) => (key.children.length === 0 ? [key] : leaves(key.children)))
}

test('receivers have names and labels of their own', () => {
  for (const part of ['name', 'label'] as const) {
    const all = receiverList.map((receiver) => receiver[part])
    assert.equal(new Set(all).size, all.length)
  }
  const flags = overrideOptions.flatMap(({ flag, env }) => [flag, env])
  assert.equal(new Set(flags).size, flags.length, 'no two parts have the same flag or variable')
})

for (const receiver of receiverList) {
  const { name, description, transport } = receiver

  test(`${name} has a name that is a path, and a description for itself and each of its keys`, () => {
    assert.match(name, /^[a-z][a-zA-Z]*(\.[a-z][a-zA-Z]*)*$/)
    assert.match(description, /^[A-Z].*\.$/)
    const keys = leaves(describeConfig()).filter(({ path }) => path.startsWith(`receive.${name}.`))
    assert.ok(keys.length > 0)
    for (const key of keys) assert.match(key.description, /\.$/, key.path)
  })

  test(`${name} listens where its defaults say, and stops by the deadline though a connection stays open`, async () => {
    const { events } = recordEvents()
    const running = await startReceiver(receiver, events, countingNext())
    assert.match(running.address, /^127\.0\.0\.1:[1-9]\d*$/)
    const socket = transport === 'tcp' ? connect(portOf(running.address), '127.0.0.1') : undefined
    if (socket !== undefined) {
      socket.on('error', () => {})
      await once(socket, 'connect')
    }
    const begun = performance.now()
    await running.stop(AbortSignal.timeout(200))
    assert.ok(performance.now() - begun < 10_000)
    socket?.destroy()
    const again = await startReceiver(receiver, events, countingNext(), portOf(running.address))
    assert.equal(again.address, running.address)
    await again.stop(AbortSignal.timeout(200))
  })

  test(`${name} refuses a port that is taken, and says which and what to do`, async () => {
    const { events } = recordEvents()
    const first = await startReceiver(receiver, events, countingNext())
    await assert.rejects(
      startReceiver(receiver, events, countingNext(), portOf(first.address)),
      new RegExp(`^Error: Cannot bind ${transport.toUpperCase()} ${first.address}: the port is in use.*ss -lntup`),
    )
    await first.stop(AbortSignal.timeout(200))
  })

  test(`${name} passes on nothing of what is not its protocol, and goes on`, async () => {
    const { events } = recordEvents()
    const next = countingNext()
    const running = await startReceiver(receiver, events, next)
    const garbage = Buffer.from('\0\xff garbage \r\n\r\n'.repeat(20), 'latin1')
    await (transport === 'udp' ? sendDatagram : sendBytes)(portOf(running.address), garbage)
    assert.equal(next.calls, 0)
    const counts = [events.counters.rejected, events.counters.failedRequests, events.counters.received]
    for (const count of counts) {
      for (const label of Object.keys(count.by)) assert.equal(label, name, 'counts are by its own name')
    }
    await running.stop(AbortSignal.timeout(200))
  })

  test(`${name} leaves nothing open: a program that only starts and stops it ends by itself`, async () => {
    const { code, output } = await runScript(`
      import { countingNext, recordEvents, startReceiver } from './test/support/component-lab.ts'
      import { receiverList } from './src/receive/receiver-list.ts'
      const receiver = receiverList.find(({ name }) => name === '${name}')
      const running = await startReceiver(receiver, recordEvents().events, countingNext())
      await running.stop(AbortSignal.timeout(200))
      console.log('stopped')
    `)
    assert.deepEqual([code, output], [0, 'stopped\n'])
  })
}

async function sendDatagram(port: number, bytes: Uint8Array): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', resolve))
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.close()
}

/** Sends bytes, and waits until the other side ends the connection, or a moment. */
async function sendBytes(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  socket.end(bytes)
  socket.resume()
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500))])
  socket.destroy()
}
