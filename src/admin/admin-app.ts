import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { AgentView } from './agent-view.ts'
import { changeStream } from './change-stream.ts'

/** The page loads nothing from anywhere else, and nobody shows it in a frame of theirs. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cache-control': 'no-cache',
}
/** Letters on one page at most. */
const PAGE = 200
const choiceSchema = v.strictObject({
  ids: v.union([v.literal('all'), v.pipe(v.array(v.pipe(v.number(), v.integer())), v.minLength(1))]),
})

/**
 * The routes of the admin port. Pages of other sites cannot use it: a name that was made to point here is refused
 * (DNS rebinding), and what changes anything takes JSON only, which a browser does not send to another site unasked.
 */
export function adminApp(host: string, view: AgentView): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    const name = new URL(c.req.url).hostname
    if (!isOwnName(name, host)) return c.json({ message: `This server is not "${name}"` }, 421)
    await next()
  })
  for (const path of ['/', '/traces', '/trace/:id', '/agent']) {
    app.get(path, async (c) => {
      const { pageText } = await import('./page-text.ts')
      return c.html(pageText, 200, PAGE_HEADERS)
    })
  }
  app.get('/store', (c) => c.json({ hasTraces: view.hasTraces() }))
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', (c) => {
    const { delivery, queue } = view.status()
    const isFull = queue.bytes >= queue.maxBytes
    return c.text(isFull ? 'the queue is full\n' : `ok; delivery is ${delivery.state}\n`, isFull ? 503 : 200)
  })
  app.get('/status', (c) => c.json(view.status()))
  app.get('/metrics', async (c) => {
    const { metricsText } = await import('./metrics-text.ts')
    return c.text(await metricsText(view), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })
  app.get('/rates', (c) => c.json({ steps: view.rates() }))
  app.get('/config', (c) => c.json({ file: view.status().config, values: view.config() }))
  app.get('/demo', (c) => c.json({ isRunning: view.demo.isRunning() }))
  app.post('/demo', (c) => runDemo(c, view))
  app.get('/changes', (c) => changeStream(c, view))
  app.get('/dead-letters', (c) => {
    const after = Number(c.req.query('after') ?? 0)
    const limit = Number(c.req.query('limit') ?? 100)
    if (!Number.isInteger(after) || !Number.isInteger(limit) || limit < 1 || limit > PAGE) {
      return c.json({ message: `after and limit are whole numbers; limit is from 1 to ${PAGE}` }, 400)
    }
    return c.json({ letters: view.letters.list(after, limit), ...view.status().deadLetters })
  })
  app.get('/dead-letters/:id', (c) => {
    const letter = view.letters.get(Number(c.req.param('id')))
    return letter === undefined
      ? c.json({ message: `There is no dead letter ${c.req.param('id')}` }, 404)
      : c.json(letter)
  })
  app.post('/dead-letters/retry', (c) => change(c, (ids) => view.letters.retry(ids)))
  app.post('/dead-letters/drop', (c) => change(c, (ids) => view.letters.drop(ids)))
  app.on(['GET', 'POST'], '/page/*', async (c) => await view.api(c.req.raw) ?? c.notFound())
  app.post('*', async (c) => await view.api(c.req.raw) ?? c.json({ message: `There is no ${c.req.path}` }, 404))
  app.notFound((c) => c.json({ message: `There is no ${c.req.path}` }, 404))
  app.onError((error, c) => c.json({ message: error.message }, 500))
  return app
}

async function change(c: Context, act: (ids: readonly number[] | 'all') => number): Promise<Response> {
  if (!isJson(c)) return c.json({ message: 'The body is to be of type application/json' }, 415)
  const body = v.safeParse(choiceSchema, await c.req.json().catch(() => undefined))
  if (!body.success) return c.json({ message: 'The body is to be {"ids": [1, 2]} or {"ids": "all"}' }, 400)
  return c.json({ count: act(body.output.ids) })
}

async function runDemo(c: Context, { demo }: AgentView): Promise<Response> {
  if (!isJson(c)) return c.json({ message: 'The body is to be of type application/json' }, 415)
  const body = v.safeParse(v.strictObject({ run: v.boolean() }), await c.req.json().catch(() => undefined))
  if (!body.success) return c.json({ message: 'The body is to be {"run": true} or {"run": false}' }, 400)
  if (body.output.run) demo.start()
  else demo.stop()
  return c.json({ isRunning: demo.isRunning() })
}

/** A page of another site can send text, but not this type, unasked. */
function isJson(c: Context): boolean {
  return c.req.header('content-type')?.split(';')[0] === 'application/json'
}

/** Where the server is open to other hosts, these may call it as they like. */
function isOwnName(name: string, host: string): boolean {
  if (!/^(localhost|127\..*|::1)$/.test(host)) return true
  const isAddress = /^[\d.]+$|^\[.*\]$/.test(name)
  return isAddress || name === 'localhost' || name.endsWith('.localhost')
}
