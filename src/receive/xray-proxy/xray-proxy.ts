import * as v from 'valibot'
import { defineReceiver } from '../../component/receiver.ts'
import { host, port } from '../../component/values.ts'

/**
 * The TCP port of the X-Ray daemon, where SDKs request sampling rules and targets. Only these two calls are passed on, so
 * that other programs cannot use the agent's permissions.
 */
export const xrayProxy = defineReceiver({
  name: 'xray.proxy',
  label: 'X-Ray sampling proxy',
  description: 'Sampling rules and targets for X-Ray SDKs, over TCP; other requests are answered with 403.',
  transport: 'tcp',
  schema: v.strictObject({
    host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on; 0.0.0.0 accepts other hosts.')),
    port: v.pipe(v.optional(port, 2000), v.description('Port to listen on.')),
  }),
  async start(settings, next, context) {
    const { serveXrayProxy } = await import('./serve-xray-proxy.ts')
    return serveXrayProxy(settings, next, context)
  },
})
