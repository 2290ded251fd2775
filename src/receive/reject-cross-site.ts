import { isLocalName } from '../net/is-local-name.ts'

/** Who may send to a listener from a browser. */
export interface BrowserRules {
  /** Where the listener listens. */
  readonly host: string
  /** True for an origin whose pages may send. */
  allows(origin: string): boolean
  /** The key of the config that allows origins, if there is one. */
  readonly key?: string
}

/**
 * Finds out whether a page of another site sent a request: by its Origin, which browsers send with every POST, and by a
 * host name that others made to point here (DNS rebinding), which a listener on loopback does not have.
 *
 * @returns the answer that rejects it; undefined if it may pass
 */
export function rejectCrossSite(request: Request, { host, allows, key }: BrowserRules): Response | undefined {
  const origin = request.headers.get('origin')
  if (origin !== null && !allows(origin)) {
    const advice = key === undefined ? '' : `; ${key} allows origins`
    return rejection(403, `Pages of "${origin.slice(0, 200)}" may not send here${advice}`)
  }
  const authority = request.headers.get('host')
  if (authority === null) return undefined
  const name = authority.replace(/:\d*$/, '')
  if (isLocalName(name, host) || allows(`http://${name}`) || allows(`https://${name}`)) return undefined
  const advice = key === undefined ? '' : `; ${key} allows its origin`
  return rejection(421, `This server is not "${name.slice(0, 200)}"${advice}`)
}

function rejection(status: number, message: string): Response {
  return Response.json({ message }, { status })
}
