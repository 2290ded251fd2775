// What npm start and npm test need before they can begin.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tools.mjs'

/** Installs the pinned packages, as the lock file has them, if they are not there, or the lock file is newer. */
export function install() {
  const marker = join(root, 'node_modules/.package-lock.json')
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return
  console.error('Installing packages…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  execFileSync(npm, ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Generates the protocol code and compiles dist/rontgen if a source is newer than it. */
export function buildIfNeeded() {
  const built = join(root, 'dist/rontgen')
  const newest = Math.max(
    ...['src', 'proto', 'package-lock.json', 'scripts/build.mjs'].map((path) => newestIn(join(root, path))),
  )
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  console.error('Building dist/rontgen…')
  if (!existsSync(join(root, 'src/otlp/gen'))) {
    execFileSync('node', [join(root, 'scripts/generate.mjs')], { cwd: root, stdio: 'inherit' })
  }
  execFileSync('node', [join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' })
}

function newestIn(path) {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}
