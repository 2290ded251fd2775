import { createSocket } from 'node:dgram'
import type { Next, ReceiverContext, RunningReceiver } from '../../component/receiver.ts'
import { RejectedError } from '../../component/rejected-error.ts'
import { errorMessage } from '../../errors/error-message.ts'
import { bindError } from '../../net/bind-error.ts'
import { formatAddress } from '../../net/format-address.ts'
import { KernelDrops } from './kernel-drops.ts'
import { readDatagram } from './read-datagram.ts'

/** Settings of the UDP socket. */
export interface XrayUdpSettings {
  readonly host: string
  readonly port: number
  /** Bytes. */
  readonly receiveBuffer: number
}

/** Pause before the socket closes, twice, in which the event loop reads what the kernel still holds; in milliseconds. */
const LAST_READ_MS = 5

/** Receives segment documents by UDP. @throws {Error} if it cannot listen */
export async function serveXrayUdp(
  settings: XrayUdpSettings,
  next: Next,
  { report }: ReceiverContext,
): Promise<RunningReceiver> {
  const socket = createSocket({
    type: settings.host.includes(':') ? 'udp6' : 'udp4',
    // Bun sets it before the first datagram arrives; Deno's own setting loses most datagrams.
    ...('Bun' in globalThis ? { recvBufferSize: settings.receiveBuffer } : {}),
  })
  socket.on('message', (datagram, from) => {
    const document = readDatagram(datagram)
    if (typeof document === 'string') return report.rejected(1, document, `UDP ${from.address}:${from.port}`)
    try {
      next.document(document)
    } catch (error) {
      const isFull = error instanceof RejectedError && error.code === 'busy'
      report.lost(1, isFull ? 'queue-full' : 'translate', errorMessage(error))
    }
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => reject(bindError('UDP', settings, error)))
    socket.bind(settings.port, settings.host, () => resolve())
  })
  socket.on('error', (error) => report.requestFailed(error.message))
  const { port } = socket.address()
  const advice = `raise receive.${report.name}.receiveBuffer and net.core.rmem_max`
  const drops = new KernelDrops(port, (count) => report.kernelDropped(count, advice))
  return {
    address: formatAddress(settings.host, port),
    async stop() {
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve, LAST_READ_MS))
      drops.stop()
      await new Promise<void>((resolve) => socket.close(() => resolve()))
    },
  }
}
