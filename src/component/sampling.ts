/** A call of X-Ray SDKs for sampling rules or targets. */
export type SamplingPath = '/GetSamplingRules' | '/SamplingTargets'

/** What X-Ray answered, or why it could not be asked. */
export interface SamplingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer> | string
}

/** The answer if X-Ray cannot be asked. */
export function samplingUnavailable(reason: string): SamplingAnswer {
  return {
    status: 503,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ __type: 'ServiceUnavailableException', message: `X-Ray cannot be asked: ${reason}` }),
  }
}
