/** The command line that starts this program again: the executable, or the runtime with the source. */
export function ownCommand(): [string, ...string[]] {
  const script = process.argv[1] ?? ''
  // Within an executable of Bun the source lies in a file system of its own.
  if (script === '' || /^\/\$bunfs\/|~BUN/.test(script)) return [process.execPath]
  const isDeno = Reflect.get(globalThis, 'Deno') !== undefined
  return isDeno ? [process.execPath, 'run', '-A', '--quiet', script] : [process.execPath, script]
}
