/**
 * Gives back memory that is not used any more, where the runtime lets one ask for it (Bun). JSC does not count buffers
 * of native code, so a drain of 700 MB grew the process by 170 MB before it collected by itself.
 */
export function collectGarbage(): void {
  if ('Bun' in globalThis) Bun.gc(true)
}
