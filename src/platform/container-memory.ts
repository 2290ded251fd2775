import { readFileSync } from 'node:fs'

/** The kernel's files with the memory limit of a container: control groups version 2 and 1. */
const FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']

/** The memory limit of the container that this process runs in, in bytes; undefined if there is none. */
export function containerMemory(files: readonly string[] = FILES): number | undefined {
  for (const file of files) {
    try {
      const bytes = Number(readFileSync(file, 'utf8').trim())
      // Version 1 has a number near 2^63 for no limit.
      if (Number.isFinite(bytes) && bytes > 0 && bytes < 2 ** 53) return bytes
    } catch {
      // Not Linux, or the other version.
    }
  }
  return undefined
}
