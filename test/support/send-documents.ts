import { createSocket } from 'node:dgram'
import type { Status } from '../../src/telemetry/status.ts'
import type { AgentProcess } from './agent-process.ts'
import { GrpcClient } from './grpc-client.ts'
import { hex, jsonRequest, protobufRequest } from './otlp.ts'
import { waitFor } from './wait-for.ts'

/** How long an agent may take to read what came by UDP, in milliseconds. */
const LIMIT_MS = 60_000

/** A document that an agent accepted. */
export interface SentDocument {
  readonly id: string
  /** The id of its trace, in X-Ray's form. */
  readonly trace: string
}

/** How documents come to an agent. */
export type Protocol = 'http' | 'grpc' | 'udp'

/** An agent did not accept a request. */
export class NotAcceptedError extends Error {
  override readonly name = 'NotAcceptedError'

  /** @param status of HTTP or gRPC */
  constructor(readonly status: number, message: string) {
    super(`${status} ${message}`)
  }
}

/**
 * Sends documents of one trace.
 *
 * @param ids of the documents
 * @returns them, once the agent has acknowledged them; by UDP, once it has read them, so that its socket never overflows
 * @throws {NotAcceptedError} if the agent answers with an error
 */
export async function sendDocuments(
  agent: AgentProcess,
  by: Protocol,
  count: number,
  ids: readonly string[] = Array.from({ length: count }, () => hex(8)),
): Promise<SentDocument[]> {
  const traceId = Math.floor(Date.now() / 1000).toString(16) + hex(12)
  const trace = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`
  if (by === 'udp') {
    const before = await receivedByUdp(agent)
    await sendDatagrams(agent, ids.map((id) => segmentOf(id, trace)))
    await waitFor(async () => (await receivedByUdp(agent)) >= before + ids.length, 'the datagrams', LIMIT_MS)
  } else {
    const json = jsonRequest(ids.map((spanId) => ({ spanId, traceId })))
    await (by === 'http' ? sendByHttp(agent, json) : sendByGrpc(agent, json))
  }
  return ids.map((id) => ({ id, trace }))
}

/** Sends segment documents as the X-Ray SDKs do: each is a datagram. @param documents JSON */
export async function sendDatagrams(agent: AgentProcess, documents: readonly string[]): Promise<void> {
  const socket = createSocket('udp4')
  const port = agent.port('xray.udp')
  for (const document of documents) {
    const datagram = `{"format":"json","version":1}\n${document}`
    await new Promise<void>((resolve, reject) =>
      socket.send(datagram, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)))
    )
  }
  socket.close()
}

/** Documents that an agent has received by UDP. Only one client may send them. */
async function receivedByUdp(agent: AgentProcess): Promise<number> {
  const { counts } = await (await agent.admin('/status')).json() as Status
  return counts.received['xray.udp'] ?? 0
}

async function sendByHttp(agent: AgentProcess, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const url = `http://${agent.address('otlp.http')}/v1/traces`
  // A connection that is kept may be to an agent that is gone.
  const response = await fetch(url, { method: 'POST', headers, body, keepalive: false })
  const text = await response.text()
  if (response.status !== 200) throw new NotAcceptedError(response.status, text)
}

async function sendByGrpc(agent: AgentProcess, json: string): Promise<void> {
  const client = new GrpcClient(agent.address('otlp.grpc'))
  const { code, message } = await client.call(protobufRequest(json))
  client.close()
  if (code !== 0) throw new NotAcceptedError(code, message)
}

function segmentOf(id: string, trace: string): string {
  const now = Date.now() / 1000
  return JSON.stringify({ trace_id: trace, id, name: 'udp', start_time: now - 0.01, end_time: now })
}
