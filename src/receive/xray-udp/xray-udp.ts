import * as v from 'valibot'
import { defineReceiver } from '../../component/receiver.ts'
import { bytes, host, port } from '../../component/values.ts'

/** The X-Ray daemon's protocol (https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html): datagrams, no answer. */
export const xrayUdp = defineReceiver({
  name: 'xray.udp',
  label: 'X-Ray segments over UDP',
  description: 'Segment documents over UDP.',
  transport: 'udp',
  isUnanswered: true,
  schema: v.strictObject({
    host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on; 0.0.0.0 accepts other hosts.')),
    port: v.pipe(v.optional(port, 2000), v.description('Port to listen on.')),
    receiveBuffer: v.pipe(
      v.optional(bytes, '4MiB'),
      v.description('Receive buffer of the socket; net.core.rmem_max limits it.'),
    ),
  }),
  async start(settings, next, context) {
    const { serveXrayUdp } = await import('./serve-xray-udp.ts')
    return await serveXrayUdp(settings, next, context)
  },
  async check({ receiveBuffer }) {
    const { checkBuffer } = await import('./check-buffer.ts')
    return checkBuffer(receiveBuffer)
  },
})
