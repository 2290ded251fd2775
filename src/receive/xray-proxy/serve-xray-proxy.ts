import { Hono } from 'hono'
import type { Next, ReceiverContext, RunningReceiver } from '../../component/receiver.ts'
import type { SamplingPath } from '../../component/sampling.ts'
import { rejectCrossSite } from '../reject-cross-site.ts'
import { readBody } from '../read-body.ts'
import { rejectionHeaders, rejectionOf } from '../rejection.ts'
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
  app.use(async (c, next) => rejectCrossSite(c.req.raw, { host: settings.host, allows: () => false }) ?? await next())
  for (const path of paths) {
    app.post(path, async (c) => {
      // What is sent here is signed. A page can send text without a preflight, but not JSON; programs send what they like.
      if (c.req.header('sec-fetch-site') !== undefined && !isJson(c.req.header('content-type'))) {
        return c.json({ message: 'The body must be of type application/json' }, 415)
      }
      try {
        const answer = await readBody(c.req.raw, MAX_BODY, inFlight, (body) => next.sampling(path, body))
        return new Response(answer.body, { status: answer.status, headers: answer.headers })
      } catch (error) {
        const rejection = rejectionOf(error)
        const { message } = rejection
        report.requestFailed(message)
        return Response.json({ message }, { status: rejection.httpStatus, headers: rejectionHeaders(rejection) })
      }
    })
  }
  app.all('*', (c) => {
    const message = `${c.req.method} ${c.req.path} is not passed on: only POST ${paths.join(' and POST ')} are`
    return c.json({ __type: 'AccessDeniedException', message }, 403)
  })
  return serveReceiver({ ...settings, maxBodySize: 2 * MAX_BODY }, (request) => app.fetch(request), report)
}

/** True for the types that SDKs send: JSON by any of its names, or none. */
function isJson(type: string | undefined): boolean {
  return type === undefined || /^application\/(json|x-amz-json-1\.[01])\s*(;|$)/i.test(type)
}
