import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '../scripts/browser.mjs'
import { AgentProcess, commandOf } from './support/agent-process.ts'
import { waitFor } from './support/wait-for.ts'

const found = findChromium()
const skip = 'skip' in found ? found.skip : false
let agent: AgentProcess
let demo: ChildProcess
let browser: Browser
let base = ''
let s3 = ''

before(async () => {
  if ('skip' in found) return
  agent = await AgentProcess.start({ config: "{ queue: { batchWait: '10ms' } }" })
  base = `http://${agent.address('admin')}`
  browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] })
})

after(async () => {
  if ('skip' in found) return
  await browser.close()
  demo?.kill('SIGTERM')
  await agent.stop()
})

async function startDemo(): Promise<void> {
  const [program, ...first] = commandOf('binary')
  const args = [...first, 'demo', '--port', '0', '--traffic', '--otlp-http-port', String(agent.port('otlp.http'))]
  demo = spawn(program, args, { cwd: agent.folder, env: { PATH: process.env['PATH'], HOME: agent.folder } })
  let output = ''
  demo.stdout?.on('data', (chunk) => (output += String(chunk)))
  await waitFor(() => output.includes('/aws-sdk-call'), 'the demo')
  const response = await fetch(`${/http:\/\/127.0.0.1:\d+/.exec(output)?.[0]}/aws-sdk-call`)
  s3 = (await response.json()).traceId
}

async function withPage(act: (page: Page) => Promise<void>, size = { width: 1280, height: 800 }): Promise<void> {
  const page = await browser.newPage({ viewport: size })
  const flaws: string[] = []
  page.on('pageerror', (error) => flaws.push(error.message))
  page.on('console', (message) => message.type() === 'error' && flaws.push(message.text()))
  await act(page)
  await page.close()
  // A filter that is wrong is answered 400, which the browser writes down as well.
  assert.deepEqual(flaws.filter((flaw) => !flaw.includes('400 (Bad Request)')), [])
}

test(
  'the page teaches while nothing has come, and turns into the map with the first trace',
  { skip },
  () =>
    withPage(async (page) => {
      await page.goto(base)
      await page.getByRole('heading', { name: 'No trace has come yet' }).waitFor()
      await startDemo()
      await page.getByRole('button', { name: /^storefront, service/ }).waitFor()
    }),
)

test(
  'the page leads from the map to the red node, its traces, the exception, and back',
  { skip },
  () =>
    withPage(async (page) => {
      await page.goto(base)
      await page.getByRole('button', { name: /^S3, AWS::S3::Bucket.* fault$/ }).click()
      await page.getByRole('link', { name: 'Faults only' }).click()
      await page.getByRole('gridcell', { name: /aws-sdk-call/ }).first().click()
      await page.getByRole('heading', { name: 'AccessDenied' }).waitFor()
      assert.equal(new URL(page.url()).pathname, `/trace/${s3}`)
      await page.goBack()
      await page.getByRole('grid', { name: 'Traces' }).waitFor()
      await page.goBack()
      await page.getByRole('complementary', { name: 'S3' }).waitFor()
    }),
)

test(
  'the page finds a trace by either form of its id, and shows each tab of a segment',
  { skip },
  () =>
    withPage(async (page) => {
      await page.goto(base)
      for (const id of [s3, s3.slice(2).replace('-', '')]) {
        await page.getByLabel('Find a trace id or a service').fill(id)
        await page.keyboard.press('Enter')
        await page.getByRole('tree').waitFor()
        assert.equal(new URL(page.url()).pathname, `/trace/${s3}`)
        await page.goto(base)
      }
      await page.goto(`${base}/trace/${s3}`)
      for (const tab of ['Overview', 'Resources', 'Annotations', 'Metadata', 'Exceptions', 'SQL', 'Links', 'Raw']) {
        await page.getByRole('tab', { name: tab }).click()
        assert.equal(await page.getByRole('tab', { name: tab }).getAttribute('aria-selected'), 'true')
      }
      await page.getByText('of 64 KB').waitFor()
      await page.getByRole('treeitem').first().click()
      assert.match(page.url(), /span=[0-9a-f]{16}/)
    }),
)

test(
  'the page says where a filter is wrong, keeps what it showed, and writes refiners into the filter',
  { skip },
  () =>
    withPage(async (page) => {
      await page.goto(`${base}/traces`)
      await page.getByRole('row').nth(3).waitFor()
      await page.getByLabel('Filter').fill('responsetime >')
      await page.keyboard.press('Enter')
      await page.getByText('Expected a number after ">", found the end, at character 15').waitFor()
      await page.getByRole('link', { name: 'Clear' }).click()
      await page.getByRole('button', { name: /^storefront \d/ }).click()
      assert.equal(await page.getByLabel('Filter').inputValue(), 'service("storefront")')
      await page.getByLabel('Filter').fill('service("sample-app")')
      await page.keyboard.press('Enter')
      await waitFor(async () => (await page.getByRole('row').count()) === 2, 'the one trace')
    }),
)

test('the page shows a trace of 10,000 segments, and draws those that are seen', { skip }, async () => {
  const now = Math.floor(Date.now() / 1000)
  const trace = `1-${now.toString(16)}-${'c'.repeat(24)}`
  const id = (n: number): string => n.toString(16).padStart(16, '0')
  for (let at = 1; at <= 10_000; at += 50) {
    const documents = Array.from({ length: 50 }, (_, i) => ({
      trace_id: trace,
      id: id(at + i),
      name: `step ${at + i}`,
      start_time: now + (at + i) / 1e4,
      end_time: now + 2,
      ...(at + i === 1 ? {} : { type: 'subsegment', parent_id: id(1) }),
    }))
    const body = { TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) }
    assert.equal((await agent.admin('/TraceSegments', body)).status, 200)
  }
  await withPage(async (page) => {
    await page.goto(`${base}/trace/${trace}`)
    await page.getByRole('treeitem', { name: /^step 2 / }).waitFor()
    assert.ok((await page.getByRole('treeitem').count()) < 200)
    await page.getByRole('tree').evaluate((element) => (element.scrollTop = element.scrollHeight))
    await page.getByRole('treeitem', { name: /step 10000/ }).click()
    await page.getByRole('complementary', { name: 'step 10000' }).waitFor()
    await page.keyboard.press('ArrowUp')
  })
})

test('the page can be used by keyboard', { skip }, () =>
  withPage(async (page) => {
    await page.goto(base)
    await page.getByRole('button', { name: /^storefront/ }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await page.getByRole('grid', { name: 'Traces' }).waitFor()
    await page.keyboard.press('/')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'find-field')
    await page.getByRole('row').nth(1).focus()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('tree').waitFor()
    await page.keyboard.press('l')
    await page.getByRole('button', { name: 'Paused' }).waitFor()
  }))

test('no view of the page has an accessibility violation that axe-core finds', { skip }, async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const seen: string[] = []
  for (const scheme of ['light', 'dark'] as const) {
    for (const path of ['/', '/?node=storefront%20', '/traces', `/trace/${s3}`, '/agent']) {
      await withPage(async (page) => {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        await page.goto(base + path)
        await page.locator('.node, [role=grid], [role=tree], .agent').first().waitFor()
        // The page's own policy lets no script in but by the debugger.
        const violations: string[] = await page.evaluate(`(() => { ${axe}; return axe.run().then(({ violations }) =>
          violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | '))) })()`)
        seen.push(...violations.map((violation) => `${path}, ${scheme}: ${violation}`))
      })
    }
  }
  assert.deepEqual(seen, [])
})

test('nothing of the page is wider than a phone', { skip }, () =>
  withPage(async (page) => {
    for (const path of ['/', '/traces', `/trace/${s3}`, '/agent']) {
      await page.goto(base + path)
      await page.locator('.node, [role=grid], [role=tree], .agent').first().waitFor()
      const [content, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      assert.ok((content ?? 0) <= (width ?? 0), `${path} is ${content} wide`)
    }
  }, { width: 390, height: 800 }))
