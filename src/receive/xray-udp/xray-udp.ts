import { errorMessage } from '../../errors/error-message.ts'
import { createSocket } from 'node:dgram'
import * as v from 'valibot'
import { bytes, host, port } from '../../component/values.ts'
import { RejectedError } from '../../component/rejected-error.ts'
import { bindError } from '../../net/bind-error.ts'
import { formatAddress } from '../../net/format-address.ts'
import { defineReceiver } from '../../component/receiver.ts'
import { KernelDrops } from './kernel-drops.ts'
import { readDatagram } from './read-datagram.ts'

/** The X-Ray daemon's protocol (https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html): datagrams, no answer. */
export const xrayUdp = defineReceiver({
  name: 'xray.udp',
  isUnanswered: true,
  schema: v.strictObject({
    host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on; 0.0.0.0 takes from other hosts.')),
    port: v.pipe(v.optional(port, 2000), v.description('Port to listen on.')),
    receiveBuffer: v.pipe(
      v.optional(bytes, '4MiB'),
      v.description('What the kernel holds while the agent is busy; net.core.rmem_max may allow less.'),
    ),
  }),
  async start(settings, next, { events }) {
    const socket = createSocket({
      type: settings.host.includes(':') ? 'udp6' : 'udp4',
      // Bun sets it before the first datagram comes; Deno's own setting loses most of them.
      ...('Bun' in globalThis ? { recvBufferSize: settings.receiveBuffer } : {}),
    })
    socket.on('message', (datagram, from) => {
      const document = readDatagram(datagram)
      if (typeof document === 'string') {
        return events.refused('xray.udp', 1, document, `UDP ${from.address}:${from.port}`)
      }
      try {
        next.document(document)
      } catch (error) {
        const isFull = error instanceof RejectedError && error.code === 'busy'
        events.lost(1, isFull ? 'queue-full' : 'translate', errorMessage(error))
      }
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => reject(bindError('UDP', settings, error)))
      socket.bind(settings.port, settings.host, () => resolve())
    })
    socket.on('error', (error) => events.requestFailed('xray.udp', error.message))
    const { port: bound } = socket.address()
    const drops = new KernelDrops(bound, (count) => events.kernelDropped(count))
    return {
      address: formatAddress(settings.host, bound),
      async stop() {
        // What the kernel holds is read before the socket goes: it is there now, so two turns of the loop have it.
        for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve, 5))
        drops.stop()
        await new Promise<void>((resolve) => socket.close(() => resolve()))
      },
    }
  },
})
