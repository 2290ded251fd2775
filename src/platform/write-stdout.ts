/** Deno's own stdout, which Bun does not have. */
interface DenoStdout {
  write(bytes: Uint8Array): Promise<number>
}

/**
 * Writes to stdout without holding up anything else while its reader is slow: in Deno `process.stdout` would.
 *
 * @returns resolves once all of it is written; rejects if it cannot be
 */
export async function writeStdout(text: string): Promise<void> {
  const deno: { stdout: DenoStdout } | undefined = Reflect.get(globalThis, 'Deno')
  if (deno === undefined) return await writeByNode(text)
  try {
    for (let rest = new TextEncoder().encode(text); rest.length > 0;) {
      rest = rest.subarray(await deno.stdout.write(rest))
    }
  } catch (error) {
    // As Bun's stream does.
    process.stdout.emit('error', error)
    throw error
  }
}

function writeByNode(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error instanceof Error ? reject(error) : resolve()))
  })
}
