import { readFileSync } from 'node:fs'

/** Polling interval, in milliseconds. */
const INTERVAL_MS = 5000

/** Watches how many datagrams the kernel drops at a port, where it reports that (Linux: /proc/net/udp). */
export class KernelDrops {
  readonly #timer: ReturnType<typeof setInterval>
  #known: number

  constructor(private readonly port: number, private readonly onDrop: (count: number) => void) {
    this.#known = readDrops(port)
    this.#timer = setInterval(() => this.check(), INTERVAL_MS)
    this.#timer.unref()
  }

  /** Reports what was dropped since the last check. */
  check(): void {
    const now = readDrops(this.port)
    if (now > this.#known) this.onDrop(now - this.#known)
    this.#known = now
  }

  stop(): void {
    clearInterval(this.#timer)
    this.check()
  }
}

/** Datagrams that the kernel dropped at a port so far; 0 where it does not report them. */
export function readDrops(port: number): number {
  const suffix = ':' + port.toString(16).toUpperCase().padStart(4, '0')
  let drops = 0
  for (const file of ['/proc/net/udp', '/proc/net/udp6']) {
    try {
      for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
        const columns = line.trim().split(/\s+/)
        if (columns[1]?.endsWith(suffix)) drops += Number(columns[columns.length - 1]) || 0
      }
    } catch {
      // Not Linux.
    }
  }
  return drops
}
