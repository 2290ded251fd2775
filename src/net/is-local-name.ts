import { isLoopback } from './loopback-host.ts'

/**
 * True if a request may name a listener so: any name, if the listener accepts other hosts; else an address or localhost,
 * so that a name that others made to point here (DNS rebinding) is refused.
 *
 * @param name the host of a request's URL, without a port
 * @param host where the listener listens
 */
export function isLocalName(name: string, host: string): boolean {
  if (!isLoopback(host)) return true
  const isAddress = /^[\d.]+$|^\[.*\]$/.test(name)
  return isAddress || /^(.+\.)?localhost$/i.test(name)
}
