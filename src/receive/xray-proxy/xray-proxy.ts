import { Hono } from 'hono'
import * as v from 'valibot'
import { host, port } from '../../component/values.ts'
import { serveHttp } from '../../platform/serve-http.ts'
import { bindError } from '../../net/bind-error.ts'
import { formatAddress } from '../../net/format-address.ts'
import { RejectedError } from '../../component/rejected-error.ts'
import { readBody } from '../read-body.ts'
import { defineReceiver } from '../../component/receiver.ts'

/** A sampling call is small; the daemon has no limit. */
const MAX_BODY = 1 << 20
const paths = ['/GetSamplingRules', '/SamplingTargets'] as const

/**
 * The TCP side of the X-Ray daemon: SDKs ask it for sampling rules and targets. Only these two calls pass, so that a
 * reachable port does not lend the agent's rights to others.
 */
export const xrayProxy = defineReceiver({
  name: 'xray.proxy',
  schema: v.strictObject({
    host: v.pipe(v.optional(host, '127.0.0.1'), v.description('Address to listen on; 0.0.0.0 takes from other hosts.')),
    port: v.pipe(v.optional(port, 2000), v.description('Port to listen on.')),
  }),
  async start(settings, next, { inFlight }) {
    const app = new Hono()
    for (const path of paths) {
      app.post(path, async (c) => {
        try {
          const answer = await readBody(c.req.raw, MAX_BODY, inFlight, (body) => next.sampling(path, body))
          return new Response(answer.body, { status: answer.status, headers: answer.headers })
        } catch (error) {
          if (!(error instanceof RejectedError)) throw error
          return c.json({ message: error.message }, error.code === 'too-large' ? 413 : 503)
        }
      })
    }
    app.all('*', (c) => {
      const message = `${c.req.method} ${c.req.path} is not passed on: only POST ${paths.join(' and POST ')} are`
      return c.json({ __type: 'AccessDeniedException', message }, 403)
    })
    try {
      const server = serveHttp({ ...settings, maxBodySize: 2 * MAX_BODY }, (request) => app.fetch(request))
      return { address: formatAddress(settings.host, server.port), stop: (deadline) => server.stop(deadline) }
    } catch (error) {
      throw bindError('TCP', settings, error)
    }
  },
})
