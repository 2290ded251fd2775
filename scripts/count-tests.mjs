// Counts tests by what Bun's test runner printed.

/**
 * Counts tests.
 *
 * @param text what `bun test` printed; its last lines have the numbers
 * @param code its exit code; null if it was killed
 * @returns how many tests passed, failed and were skipped. A runner that broke down, or ran nothing, has one failure at
 *   least, as it may print no number
 */
export function countTests(text, code) {
  const count = (word) => Number([...text.matchAll(new RegExp(`^ *(\\d+) ${word}$`, 'gm'))].at(-1)?.[1] ?? 0)
  const [passed, failed, skipped] = [count('pass'), count('fail'), count('skip')]
  const isBroken = code !== 0 || passed + skipped === 0
  return { passed, failed: isBroken ? Math.max(failed, 1) : failed, skipped }
}
