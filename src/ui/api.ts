export type { Edge, HistogramEntry, Service, SummaryStatistics } from '../trace/api/graph-answers.ts'
export type { TraceSummary } from '../trace/api/trace-answers.ts'

/**
 * Calls X-Ray's API on the server that the page came from.
 *
 * @param path such as `/ServiceGraph`
 * @throws {Error} with the server's message, or if the server cannot be reached
 */
export async function callApi<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
  return await request<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })
}

/**
 * Reads from the agent's own API.
 *
 * @param path such as `/status`
 * @throws {Error} with the server's message, or if the server cannot be reached
 */
export async function readAgent<T>(path: string): Promise<T> {
  return await request<T>(path, {})
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Error(`Cannot reach Röntgen on ${location.host}. Trying again`, { cause: error })
  }
  const answer = await response.json()
  if (!response.ok) throw new Error(String(answer.message ?? answer.Message ?? response.status))
  return answer
}
