import { Hono } from 'hono'
import type { Next, ReceiverContext, RunningReceiver } from '../../component/receiver.ts'
import { RejectedError } from '../../component/rejected-error.ts'
import type { SamplingPath } from '../../component/sampling.ts'
import { readBody } from '../read-body.ts'
import { rejectionOf } from '../rejection.ts'
import { serveReceiver } from '../serve-receiver.ts'

/** A sampling call is small, though the X-Ray daemon has no limit; in bytes. */
const MAX_BODY = 1 << 20
const paths: readonly SamplingPath[] = ['/GetSamplingRules', '/SamplingTargets']

/** Serves calls for sampling rules and targets, and denies every other call. @throws {Error} if it cannot listen */
export function serveXrayProxy(
  settings: { readonly host: string; readonly port: number },
  next: Next,
  { inFlight, report }: ReceiverContext,
): RunningReceiver {
  const app = new Hono()
  for (const path of paths) {
    app.post(path, async (c) => {
      try {
        const answer = await readBody(c.req.raw, MAX_BODY, inFlight, (body) => next.sampling(path, body))
        return new Response(answer.body, { status: answer.status, headers: answer.headers })
      } catch (error) {
        if (!(error instanceof RejectedError)) throw error
        report.requestFailed(error.message)
        return Response.json({ message: error.message }, { status: rejectionOf(error).httpStatus })
      }
    })
  }
  app.all('*', (c) => {
    const message = `${c.req.method} ${c.req.path} is not passed on: only POST ${paths.join(' and POST ')} are`
    return c.json({ __type: 'AccessDeniedException', message }, 403)
  })
  return serveReceiver({ ...settings, maxBodySize: 2 * MAX_BODY }, (request) => app.fetch(request))
}
