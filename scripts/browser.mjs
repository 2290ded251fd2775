// Chromium for the tests of the web page and for the pictures in the docs.
import { execFileSync, spawnSync } from 'node:child_process'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Finds a Chromium, or installs the system's package if that is allowed. @returns its path, or why there is none */
export function findChromium() {
  const found = findInstalled()
  if (found !== undefined) return { path: found }
  const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0
  if (mayInstall) {
    console.error('Installing Chromium…')
    const options = { stdio: 'ignore', timeout: 300_000 }
    spawnSync('apt-get', ['update'], options)
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options)
  }
  const installed = findInstalled()
  if (installed !== undefined) return { path: installed }
  return { skip: 'Chromium is not installed, and could not be; install the system package "chromium"' }
}

function findInstalled() {
  for (const name of names) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim()
    } catch {
      // The next name may be there.
    }
  }
  return undefined
}
