// Takes the screenshots of the docs from a running agent and demo, with Chromium.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { findChromium } from './browser.mjs'
import { buildIfNeeded, install } from './set-up.mjs'
import { root } from './tools.mjs'

install()
buildIfNeeded()
const { path: executablePath, skip } = findChromium()
if (executablePath === undefined) throw new Error(skip)
const folder = mkdtempSync(join(tmpdir(), 'rontgen-pictures-'))
const pictures = join(root, 'docs/pictures')
mkdirSync(pictures, { recursive: true })
const program = join(root, 'dist/rontgen')
const env = { PATH: process.env.PATH, HOME: folder, RONTGEN_QUEUE_DIR: join(folder, 'spool') }
const started = (child, text) =>
  new Promise((resolve, reject) => {
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += String(chunk)).includes(text) && resolve(output))
    }
    child.on('exit', () => reject(new Error(output)))
  })

const agent = spawn(program, ['run'], { cwd: folder, env })
await started(agent, 'Started:')
const demo = spawn(program, ['demo', '--traffic'], { cwd: folder, env })
await started(demo, '/aws-sdk-call')
// Enough visits that each kind of failure occurs.
for (let i = 0; i < 6; i++) {
  for (const path of ['/', '/outgoing-sampleapp']) await fetch(`http://127.0.0.1:8080${path}`)
  await new Promise((resolve) => setTimeout(resolve, 5000))
}
const { traceId } = await (await fetch('http://127.0.0.1:8080/aws-sdk-call')).json()
await new Promise((resolve) => setTimeout(resolve, 2500))
demo.kill('SIGTERM')
await new Promise((resolve) => setTimeout(resolve, 2500))

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
const take = async (name, path, colorScheme, wanted) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme, reducedMotion: 'reduce' })
  await page.goto(`http://127.0.0.1:4319${path}`)
  await page.locator(wanted).first().waitFor()
  await page.screenshot({ path: join(pictures, `${name}.png`) })
  await page.close()
  console.log(`docs/pictures/${name}.png`)
}
for (const scheme of ['light', 'dark']) {
  await take(`map-${scheme}`, '/?range=5m', scheme, '.node')
  await take(`traces-${scheme}`, '/traces?range=5m', scheme, 'tbody tr')
  await take(`trace-${scheme}`, `/trace/${traceId}`, scheme, '[role=treeitem]')
  await take(`raw-${scheme}`, `/trace/${traceId}?tab=raw`, scheme, '.raw .r')
}
await browser.close()
agent.kill('SIGTERM')
await new Promise((resolve) => agent.on('exit', resolve))
rmSync(folder, { recursive: true })
