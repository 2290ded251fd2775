// Finds the binaries of the tools that npm installed, whether or not npm ran install scripts.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)

function first(paths, name) {
  const found = paths.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`${name} is not installed: run "npm install"`)
  return found
}

function inPackage(name, file) {
  try {
    return join(require.resolve(`${name}/package.json`), '..', file)
  } catch {
    return ''
  }
}

const exe = process.platform === 'win32' ? '.exe' : ''
const os = process.platform === 'win32' ? 'windows' : process.platform
const cpu = process.arch === 'arm64' ? 'aarch64' : 'x64'
const isMusl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime

/** Bun's binary. */
export const bun = () =>
  first([
    join(root, `node_modules/bun/bin/bun.exe`),
    inPackage(`@oven/bun-${os}-${cpu}${isMusl ? '-musl' : ''}`, `bin/bun${exe}`),
  ], 'Bun')

/** Deno's binary. */
export const deno = () => {
  const libc = process.platform === 'linux' ? '-glibc' : ''
  const system = process.platform === 'win32' ? 'win32' : process.platform
  return first([
    join(root, 'node_modules/deno/deno'),
    inPackage(`@deno/${system}-${process.arch}${libc}`, `deno${exe}`),
  ], 'Deno')
}
