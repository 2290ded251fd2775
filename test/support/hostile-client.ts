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

/** An HTTP/2 connection's beginning, and then `count` calls of a path, each with one DATA frame, as raw bytes. */
export function rawCalls(path: string, count: number): Uint8Array {
  const head = Buffer.concat([
    Buffer.from([0x83, 0x86]), // POST, http
    ...[[':path', path], ['content-type', 'application/grpc'], ['te', 'trailers']].map(([name = '', value = '']) =>
      Buffer.concat([Buffer.from([0]), hpackText(name), hpackText(value)])
    ),
  ])
  const parts = [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0))]
  for (let i = 0; i < count; i++) {
    parts.push(frame(1, 4, 2 * i + 1, head), frame(0, 1, 2 * i + 1, Buffer.alloc(5)))
  }
  return Buffer.concat(parts)
}

/** A frame (RFC 9113, section 4.1). */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A text of up to 254 bytes without Huffman code (RFC 7541, section 5.2). */
function hpackText(text: string): Buffer {
  const length = text.length < 127 ? [text.length] : [127, text.length - 127]
  return Buffer.concat([Buffer.from(length), Buffer.from(text)])
}
