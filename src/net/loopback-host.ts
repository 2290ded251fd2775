/** The host by which this machine reaches what listens on `host`: loopback for an address that stands for all. */
export function loopbackHost(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
