// Prepares what npm's scripts need, so that each of them works in a fresh clone.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tools.mjs'

/** Installs the packages of the lock file if they are missing, or older than it. Ends the process if npm cannot. */
export function install() {
  const marker = join(root, 'node_modules/.package-lock.json')
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return
  console.error('Installing packages…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, error } = spawnSync(npm, ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status === 0) return
  console.error(`npm could not install the packages${error === undefined ? '' : `: ${error.message}`}`)
  process.exit(1)
}

/** Installs packages as {@link install} does, and generates the protocol code if it is missing. */
export function setUp() {
  install()
  if (!existsSync(join(root, 'src/otlp/gen'))) {
    execFileSync('node', [join(root, 'scripts/generate.mjs')], { cwd: root, stdio: 'inherit' })
  }
}

/** Compiles dist/rontgen if a source is newer. */
export function buildIfNeeded() {
  const built = join(root, 'dist/rontgen')
  const newest = Math.max(
    ...['src', 'proto', 'package-lock.json', 'scripts/build.mjs'].map((path) => newestIn(join(root, path))),
  )
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  console.error('Building dist/rontgen…')
  execFileSync('node', [join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' })
}

function newestIn(path) {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}
