import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { AgentAccess } from './agent-access.ts'

/** Changes within this time are one event, in milliseconds. */
const CHANGE_MS = 500
/** Heartbeat interval: detects dead clients, and keeps proxies from closing the connection; in milliseconds. */
const HEARTBEAT_MS = 20_000

/** Server-sent events: one whenever there is something new to show. */
export function changeStream(c: Context, agent: AgentAccess): Response {
  return streamSSE(c, async (stream) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const send = (event: string): void => void stream.writeSSE({ event, data: '' }).catch(() => resolve())
    const unwatch = agent.watch(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        send('change')
      }, CHANGE_MS)
    })
    const alive = setInterval(() => send('alive'), HEARTBEAT_MS)
    alive.unref()
    stream.onAbort(resolve)
    send('alive')
    await promise
    unwatch()
    clearTimeout(timer)
    clearInterval(alive)
  })
}
