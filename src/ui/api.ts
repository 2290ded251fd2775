/** ServiceStatistics and EdgeStatistics of X-Ray's API; the time is in seconds. */
export interface SummaryStatistics {
  readonly OkCount: number
  readonly ErrorStatistics: { readonly ThrottleCount: number; readonly OtherCount: number; readonly TotalCount: number }
  readonly FaultStatistics: { readonly TotalCount: number }
  readonly TotalCount: number
  readonly TotalResponseTime: number
}

/** An entry of a response time histogram of X-Ray's API; the value is in seconds. */
export interface HistogramEntry {
  readonly Value: number
  readonly Count: number
}

/** The calls from one service to another; the id is that of the called one. */
export interface Edge {
  readonly ReferenceId: number
  readonly SummaryStatistics: SummaryStatistics
  readonly ResponseTimeHistogram: readonly HistogramEntry[]
}

/** A node of the map, with the calls that it makes. */
export interface Service {
  readonly ReferenceId: number
  readonly Name: string
  readonly Type?: string
  readonly Root: boolean
  readonly State: string
  readonly Edges: readonly Edge[]
  readonly SummaryStatistics: SummaryStatistics
  readonly ResponseTimeHistogram: readonly HistogramEntry[]
}

/** A trace as GetTraceSummaries describes it; times in Unix seconds and seconds. */
export interface TraceSummary {
  readonly Id: string
  readonly StartTime: number
  readonly Duration: number
  readonly ResponseTime: number
  readonly HasFault: boolean
  readonly HasError: boolean
  readonly HasThrottle: boolean
  readonly IsPartial: boolean
  readonly Http: { readonly HttpURL?: string; readonly HttpMethod?: string; readonly HttpStatus?: number }
  readonly EntryPoint?: { readonly Name: string }
  readonly Users: readonly { readonly UserName: string }[]
  readonly Annotations: Readonly<
    Record<string, readonly { readonly AnnotationValue: Readonly<Record<string, string | number | boolean>> }[]>
  >
}

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
