import { errorMessage } from '../errors/error-message.ts'
import { formatAddress } from './format-address.ts'

/** Who else listens on a port by default. */
const usualOwners: Readonly<Record<number, string>> = {
  2000: ', often by a running X-Ray daemon or CloudWatch agent',
  4317: ', often by another collector',
  4318: ', often by another collector',
}

/** The error for a port that cannot be bound: its message says why, and what to do. @param cause what was thrown */
export function bindError(
  protocol: 'TCP' | 'UDP',
  { host, port }: { readonly host: string; readonly port: number },
  cause: unknown,
): Error {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  const message = errorMessage(cause)
  const why = /EADDRINUSE|in use/i.test(code + message)
    ? `the port is in use${usualOwners[port] ?? ''}; see "ss -lntup"`
    : /EACCES|denied/i.test(code + message)
    ? 'this user may not; ports below 1024 need the right to bind them'
    : /EADDRNOTAVAIL|not available/i.test(code + message)
    ? 'this machine has no such address'
    : message
  return new Error(`Cannot bind ${protocol} ${formatAddress(host, port)}: ${why}`, { cause })
}
