import type { AgentProcess } from './agent-process.ts'

/** BatchGetTraces takes so many ids. */
const MAX_IDS = 5

/** The ids of the documents that an agent's local store has of some traces. @param traces their ids, in X-Ray's form */
export async function localDocuments(agent: AgentProcess, traces: readonly string[]): Promise<string[]> {
  const unique = [...new Set(traces)]
  const found: string[] = []
  for (let at = 0; at < unique.length; at += MAX_IDS) {
    const response = await agent.admin('/Traces', { TraceIds: unique.slice(at, at + MAX_IDS) })
    const { Traces } = await response.json() as { Traces: { Segments: { Id: string }[] }[] }
    for (const { Segments } of Traces) found.push(...Segments.map(({ Id }) => Id))
  }
  return found
}
