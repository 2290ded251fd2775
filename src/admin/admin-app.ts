import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { InFlightBytes } from '../component/in-flight-bytes.ts'
import { RejectedError } from '../component/rejected-error.ts'
import { CommandError } from '../errors/command-error.ts'
import { isLocalName } from '../net/is-local-name.ts'
import { readBody } from '../receive/read-body.ts'
import { rejectionHeaders, rejectionOf } from '../receive/rejection.ts'
import { describeFull } from '../telemetry/describe-full.ts'
import type { PageSpan } from '../trace/api/page-answers.ts'
import type { AgentAccess } from './agent-access.ts'
import { changeStream } from './change-stream.ts'

/** The page loads nothing from other hosts, and cannot be framed by other sites. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cache-control': 'no-cache',
}
/** The largest number of dead letters in an answer. */
const MAX_PAGE = 200
/** The largest body of a request, and the most that may be arriving at once; in bytes. */
export const MAX_BODY = 1 << 20
const MAX_IN_FLIGHT = 16 * MAX_BODY
const choiceSchema = v.strictObject({
  ids: v.union([v.literal('all'), v.pipe(v.array(v.pipe(v.number(), v.integer())), v.minLength(1))]),
  to: v.optional(v.string()),
})
const removedSchema = v.strictObject({ exporter: v.string(), to: v.optional(v.string()) })

/**
 * The routes of the admin port. Pages of other sites cannot use it: other host names are rejected (DNS rebinding), and
 * calls that change something accept JSON only, which a browser does not send to another site without a preflight.
 */
export function adminApp(host: string, agent: AgentAccess): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    const name = new URL(c.req.url).hostname
    if (!isLocalName(name, host)) return c.json({ message: `This server is not "${name}"` }, 421)
    await next()
  })
  const inFlight = new InFlightBytes(MAX_IN_FLIGHT)
  app.use(async (c, next) => {
    const { raw } = c.req
    if (raw.body === null || c.req.method !== 'POST') return await next()
    await readBody(raw, MAX_BODY, inFlight, async (body) => {
      c.req.raw = new Request(raw.url, { method: 'POST', headers: raw.headers, body, signal: raw.signal })
      await next()
    })
  })
  for (const path of ['/', '/traces', '/trace/:id', '/agent']) {
    app.get(path, async (c) => {
      const { pageText } = await import('./page-text.ts')
      return c.html(pageText, 200, PAGE_HEADERS)
    })
  }
  app.get('/store', (c) => c.json({ hasTraces: agent.hasTraces() }))
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', (c) => {
    const { delivery, exporters } = agent.status()
    const full = describeFull(exporters)
    return c.text(`${full ?? `ok; delivery is ${delivery.state}`}\n`, full === undefined ? 200 : 503)
  })
  app.get('/status', (c) => c.json(agent.status()))
  app.get('/metrics', async (c) => {
    const { metricsText } = await import('./metrics-text.ts')
    return c.text(await metricsText(agent), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })
  app.get('/rates', (c) => c.json({ steps: agent.rates() }))
  app.get('/config', (c) => c.json({ file: agent.status().config, values: agent.config() }))
  app.get('/demo', (c) => c.json({ isRunning: agent.demo.isRunning() }))
  app.post('/demo', (c) => runDemo(c, agent))
  app.get('/changes', (c) => changeStream(c, agent))
  app.get('/dead-letters', (c) => {
    const after = Number(c.req.query('after') ?? 0)
    const limit = Number(c.req.query('limit') ?? 100)
    if (!Number.isInteger(after) || !Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
      return c.json({ message: `after and limit are whole numbers; limit is from 1 to ${MAX_PAGE}` }, 400)
    }
    return c.json({ deadLetters: agent.queue.deadLetters(after, limit), ...agent.status().deadLetters })
  })
  app.get('/dead-letters/:id', (c) => {
    const deadLetter = agent.queue.deadLetter(Number(c.req.param('id')))
    return deadLetter === undefined
      ? c.json({ message: `There is no dead letter ${c.req.param('id')}` }, 404)
      : c.json(deadLetter)
  })
  app.post('/dead-letters/retry', (c) => change(c, choiceSchema, ({ ids, to }) => agent.queue.redrive(ids, to)))
  app.post('/dead-letters/drop', (c) => change(c, choiceSchema, ({ ids }) => agent.queue.dropDeadLetters(ids)))
  app.get('/queue', (c) => c.json({ removedExporters: agent.queue.removedExporters() }))
  app.post('/queue/drop', (c) => change(c, removedSchema, ({ exporter }) => agent.queue.dropRemoved(exporter)))
  app.post(
    '/queue/move',
    (c) => change(c, v.required(removedSchema), ({ exporter, to }) => agent.queue.moveRemoved(exporter, to)),
  )
  app.get('/page/span/:trace/:id', (c) => c.json<PageSpan>(agent.explain(c.req.param('trace'), c.req.param('id'))))
  app.on(['GET', 'POST'], '/page/*', async (c) => await agent.api(c.req.raw) ?? c.notFound())
  app.post('*', async (c) => await agent.api(c.req.raw) ?? c.json({ message: `There is no ${c.req.path}` }, 404))
  app.notFound((c) => c.json({ message: `There is no ${c.req.path}` }, 404))
  app.onError((error) => {
    if (!(error instanceof RejectedError)) return Response.json({ message: error.message }, { status: 500 })
    const rejection = rejectionOf(error)
    const headers = rejectionHeaders(rejection)
    return Response.json({ message: rejection.message }, { status: rejection.httpStatus, headers })
  })
  return app
}

/** Answers a call that changes something, with the count that `apply` returns. */
async function change<S extends v.GenericSchema>(
  c: Context,
  schema: S,
  apply: (body: v.InferOutput<S>) => number | Promise<number>,
): Promise<Response> {
  if (!isJson(c)) return c.json({ message: 'The body must be of type application/json' }, 415)
  const body = v.safeParse(schema, await c.req.json().catch(() => undefined))
  if (!body.success) {
    return c.json({ message: `The body must have the form of ${c.req.path}: ${body.issues[0].message}` }, 400)
  }
  try {
    return c.json({ count: await apply(body.output) })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return c.json({ message: error.message, exitCode: error.exitCode }, 409)
  }
}

async function runDemo(c: Context, { demo }: AgentAccess): Promise<Response> {
  if (!isJson(c)) return c.json({ message: 'The body must be of type application/json' }, 415)
  const body = v.safeParse(v.strictObject({ run: v.boolean() }), await c.req.json().catch(() => undefined))
  if (!body.success) return c.json({ message: 'The body must be {"run": true} or {"run": false}' }, 400)
  if (body.output.run) demo.start()
  else demo.stop()
  return c.json({ isRunning: demo.isRunning() })
}

/** A page of another site can send text without a preflight, but not this type. */
function isJson(c: Context): boolean {
  return c.req.header('content-type')?.split(';')[0] === 'application/json'
}
