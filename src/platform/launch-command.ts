/** The command that launches another process of this program: the executable, or the runtime with the source. */
export function launchCommand(): [string, ...string[]] {
  const script = process.argv[1] ?? ''
  // In an executable of Bun the source lies in a virtual file system.
  if (script === '' || /^\/\$bunfs\/|~BUN/.test(script)) return [process.execPath]
  const isDeno = Reflect.get(globalThis, 'Deno') !== undefined
  return isDeno ? [process.execPath, 'run', '-A', '--quiet', script] : [process.execPath, script]
}
