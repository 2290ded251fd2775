import type { AgentProcess } from './agent-process.ts'
import { hex, jsonRequest } from './otlp.ts'

/** Sends spans by OTLP/HTTP. @returns their ids, once they are acknowledged @throws {Error} if they are not */
export async function sendSpans(agent: AgentProcess, count: number, receiver = 'otlp.http'): Promise<string[]> {
  const ids = Array.from({ length: count }, () => hex(8))
  const response = await fetch(`http://${agent.address(receiver)}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: jsonRequest(ids.map((spanId) => ({ spanId }))),
  })
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  await response.arrayBuffer()
  return ids
}
