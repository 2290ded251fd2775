import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import type { AgentProcess } from './agent-process.ts'
import { jsonRequest } from './otlp.ts'

/** A connection that sends a text, and then nothing more, and what came back. */
export interface RawConnection {
  readonly socket: Socket
  received: string
  isClosed: boolean
}

/** Opens a connection, and sends a text. */
export function openRaw(port: number, text: string | Uint8Array = ''): RawConnection {
  const connection: RawConnection = { socket: connect(port, '127.0.0.1'), received: '', isClosed: false }
  const { socket } = connection
  socket.on('error', () => {})
  socket.on('data', (chunk) => (connection.received += String(chunk)))
  socket.on('close', () => (connection.isClosed = true))
  if (text.length > 0) socket.write(text)
  return connection
}

/** Opens an HTTP/2 connection whose errors nobody minds. */
export function openHttp2(port: number): ClientHttp2Session {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  return session
}

/** Sends one span over HTTP, again if there is no room for it or no connection, as SDKs do. @returns the time it took, in ms */
export async function sendAsSdk(agent: AgentProcess, limitMs: number): Promise<number> {
  const begun = performance.now()
  let last = ''
  for (;;) {
    if (performance.now() - begun > limitMs) throw new Error(`A good client waited over ${limitMs} ms: ${last}`)
    try {
      const answer = await fetch(`http://${agent.address('otlp.http')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: jsonRequest([{}]),
        signal: AbortSignal.timeout(2000),
      })
      await answer.text()
      if (answer.status === 200) return performance.now() - begun
      last = String(answer.status)
    } catch (error) {
      last = String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Resident memory of an agent, in bytes. */
export function residentBytes(agent: AgentProcess): number {
  const status = readFileSync(`/proc/${agent.child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
}
