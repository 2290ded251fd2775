import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { AgentView } from './agent-view.ts'

/** Events are told at most so often, in milliseconds. */
const EVERY_MS = 500
/** So often something is sent, so that a client that is gone is noticed, and nothing between cuts the line. */
const ALIVE_MS = 20_000

/** Server-sent events: one whenever the local store has something new to see. */
export function changeStream(c: Context, view: AgentView): Response {
  return streamSSE(c, async (stream) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const send = (event: string): void => void stream.writeSSE({ event, data: '' }).catch(() => resolve())
    const unwatch = view.watch(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        send('change')
      }, EVERY_MS)
    })
    const alive = setInterval(() => send('alive'), ALIVE_MS)
    alive.unref()
    stream.onAbort(resolve)
    send('alive')
    await promise
    unwatch()
    clearTimeout(timer)
    clearInterval(alive)
  })
}
