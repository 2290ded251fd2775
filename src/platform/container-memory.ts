import { readFileSync } from 'node:fs'

/** Where the kernel tells how much memory a container may use: control groups of version 2 and 1. */
const FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']

/** Bytes of memory that this process may use as its container is set; undefined if nothing limits it. */
export function containerMemory(files: readonly string[] = FILES): number | undefined {
  for (const file of files) {
    try {
      const bytes = Number(readFileSync(file, 'utf8').trim())
      // Version 1 says a number near 2^63 for "no limit".
      if (Number.isFinite(bytes) && bytes > 0 && bytes < 2 ** 53) return bytes
    } catch {
      // Not Linux, or the other version.
    }
  }
  return undefined
}
