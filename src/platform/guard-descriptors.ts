import { closeSync, openSync, readFileSync } from 'node:fs'

/** How often the descriptors are looked at, in milliseconds. */
const CHECK_MS = 100
/** Connections were closed so long ago before more are, in milliseconds. */
const PAUSE_MS = 2000
/** The share of the descriptors that connections may take; the rest is for sending, files and what else the agent does. */
const CONNECTION_SHARE = 3 / 4

/** How many file descriptors the process may have. */
export interface DescriptorUse {
  readonly used: number
  readonly limit: number
}

/** Closes connections that do nothing. */
export type Relieve = (descriptors: DescriptorUse) => void

const doors = new Set<Relieve>()
let timer: ReturnType<typeof setInterval> | undefined
let relievedAt = -Infinity

/** How many file descriptors the process may have; undefined where the system does not say (it is not Linux). */
export function descriptorLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}

/**
 * Calls `relieve` when connections have taken most of the file descriptors, so that sending always has some.
 *
 * @returns a function that ends the watch
 */
export function guardDescriptors(relieve: Relieve): () => void {
  const limit = descriptorLimit()
  if (limit === undefined) return () => {}
  if (doors.size === 0) {
    startClient()
    timer = setInterval(() => check(limit), CHECK_MS)
    timer.unref()
  }
  doors.add(relieve)
  return () => {
    if (doors.delete(relieve) && doors.size === 0) clearInterval(timer)
  }
}

function check(limit: number): void {
  const used = usedDescriptors(limit)
  if (used < limit * CONNECTION_SHARE || performance.now() - relievedAt < PAUSE_MS) return
  relievedAt = performance.now()
  for (const relieve of doors) relieve({ used, limit })
}

/** A lower bound of what is in use: the lowest number that is free, which is the one that a file gets that is opened. */
function usedDescriptors(limit: number): number {
  try {
    const descriptor = openSync('/dev/null', 'r')
    closeSync(descriptor)
    return descriptor
  } catch {
    return limit
  }
}

/** Bun starts its HTTP client with the first request, and ends the process if no descriptor is left then. */
function startClient(): void {
  const options: object = { unix: '/dev/null' } // only Bun has `unix`; it fails at once
  if ('Bun' in globalThis) fetch('http://localhost/', options).catch(() => {})
}
