import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '../scripts/browser.mjs'
import { readStyles } from '../scripts/build-page.mjs'
import { AgentProcess, commandOf } from './support/agent-process.ts'
import { accessibilityViolations, tooWideParts, withPage as runWithPage } from './support/page-checks.ts'
import { styleConflicts } from './support/style-conflicts.ts'
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

const withPage = (run: (page: Page) => Promise<void>, size?: { width: number; height: number }): Promise<void> =>
  runWithPage(browser, run, size)

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
      const filter = page.getByLabel('Filter', { exact: true })
      await waitFor(async () => (await filter.inputValue()) === 'service("storefront")', 'the filter')
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

const now = (): number => Math.floor(Date.now() / 1000)
const hexId = (n: number): string => n.toString(16).padStart(16, '0')
const traceId = (n: number): string => `1-${now().toString(16)}-${n.toString(16).padStart(24, 'd')}`

async function put(documents: readonly object[], to = agent): Promise<void> {
  for (let at = 0; at < documents.length; at += 50) {
    const body = { TraceSegmentDocuments: documents.slice(at, at + 50).map((document) => JSON.stringify(document)) }
    const { UnprocessedTraceSegments: issues } = await (await to.admin('/TraceSegments', body)).json()
    assert.deepEqual(issues, [])
  }
}

test('the page proposes what could be written in the filter, and takes it', { skip }, () =>
  withPage(async (page) => {
    await page.goto(`${base}/traces`)
    const filter = page.getByLabel('Filter', { exact: true })
    await filter.click()
    await page.keyboard.type('service("sto')
    await page.getByRole('option', { name: '"storefront"' }).waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await filter.inputValue(), 'service("storefront"')
    await page.keyboard.type(') AND ann')
    await page.getByRole('option', { name: /annotation\[visitor\.tier\].*silver/ }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.type(' = "go')
    await page.keyboard.press('Tab')
    assert.equal(await filter.inputValue(), 'service("storefront") AND annotation[visitor.tier] = "gold"')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=service/)
    await page.getByRole('gridcell', { name: /visitor\.tier=gold/ }).first().waitFor()
    const silver = page.getByRole('gridcell', { name: /visitor\.tier=silver/ })
    await waitFor(async () => (await silver.count()) === 0, 'the gold ones alone')
  }))

test('the page takes a part of the response times for a filter', { skip }, () =>
  withPage(async (page) => {
    await page.goto(`${base}/traces`)
    await page.getByRole('row').nth(3).waitFor()
    const box = await page.locator('.dist .hist svg').boundingBox()
    assert.ok(box !== null)
    await page.mouse.move(box.x + box.width * 0.25, box.y + 30)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 4 })
    await page.mouse.up()
    await waitFor(async () => (await page.getByLabel('Filter', { exact: true }).inputValue()) !== '', 'the filter')
    const text = await page.getByLabel('Filter', { exact: true }).inputValue()
    const [, from, to] = /^responsetime >= ([\d.]+) AND responsetime <= ([\d.]+)$/.exec(text) ?? []
    assert.ok(Number(from) > 0.009 && Number(from) < 0.011, text)
    assert.ok(Number(to) > 0.2 && Number(to) < 0.3, text)
    await page.locator('.dist').getByRole('link', { name: 'Clear' }).click()
    await waitFor(async () => (await page.getByLabel('Filter', { exact: true }).inputValue()) === '', 'no filter')
  }))

test(
  'the page lists traces page by page, and announces new ones without moving those that are read',
  { skip },
  () =>
    withPage(async (page) => {
      const one = (n: number) => ({
        trace_id: traceId(n),
        id: hexId(n),
        name: 'paged',
        start_time: now() - 400 + n,
        end_time: now() - 399.5 + n,
        http: { request: { method: 'GET', url: `https://paged.example.com/${n}` } },
      })
      await put(Array.from({ length: 260 }, (_, i) => one(i + 1)))
      await page.goto(`${base}/traces?q=${encodeURIComponent('service("paged")')}`)
      await page.getByRole('gridcell', { name: '/260', exact: true }).waitFor()
      assert.ok((await page.getByRole('row').count()) < 120)
      for (let i = 0; i < 4; i++) {
        await page.locator('.list').evaluate((list) => (list.scrollTop = list.scrollHeight))
        await page.waitForTimeout(300)
      }
      await page.getByRole('gridcell', { name: '/1', exact: true }).waitFor()
      await put([one(300)])
      await page.getByRole('button', { name: '1 new trace' }).click()
      await page.locator('.list').evaluate((list) => (list.scrollTop = 0))
      await page.getByRole('gridcell', { name: '/300', exact: true }).waitFor()
      // At the top, and with nothing in the focus, they come by themselves.
      await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
      await put([one(301)])
      await page.getByRole('gridcell', { name: '/301', exact: true }).waitFor()
      await page.getByRole('button', { name: 'Duration' }).click()
      await page.waitForURL(/sort=-duration/)
    }),
)

test(
  'the page shows the calls between two services, and what of the map has a name',
  { skip },
  () =>
    withPage(async (page) => {
      await page.goto(base)
      await page.getByRole('button', { name: /^payments to bank/ }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('complementary', { name: 'payments to bank' }).waitFor()
      await page.reload()
      await page.getByRole('complementary', { name: 'payments to bank' }).getByRole('link', { name: 'Show traces' })
        .click()
      assert.match(await page.getByLabel('Filter', { exact: true }).inputValue(), /^edge\(id\(name: "payments"\), id\(/)
      await page.getByRole('row').nth(1).waitFor()
      await page.goto(base)
      await page.getByLabel('Find a trace id or a service').fill('searc')
      await page.keyboard.press('Enter')
      await page.getByRole('complementary', { name: /^search/ }).waitFor()
      assert.match(page.url(), /find=searc/)
    }),
)

test('the page says why a service faults, and shows the newest trace of it', { skip }, () =>
  withPage(async (page) => {
    await page.goto(`${base}/?node=S3%20AWS%3A%3AS3%3A%3ABucket`)
    await page.getByText('S3: AccessDenied').waitFor()
    await page.getByRole('link', { name: 'Open the newest' }).click()
    await page.getByRole('heading', { name: 'AccessDenied' }).waitFor()
    await page.getByRole('link', { name: 'More like this' }).click()
    await page.getByRole('row').nth(1).waitFor()
  }))

test('the page shows the document of a segment next to its span', { skip }, () =>
  withPage(async (page) => {
    await page.goto(`${base}/trace/${s3}?tab=raw`)
    const cells = page.locator('.raw > *')
    await cells.nth(3).waitFor()
    const lines = (await cells.allInnerTexts()).slice(3)
    const rules = new Map(lines.flatMap((_, i) => (i % 3 === 0 ? [[lines[i] ?? '', lines.slice(i + 1, i + 3)]] : [])))
    assert.deepEqual(rules.get(`traceId: "${s3.slice(2).replace('-', '')}"`), ['reformatted', `trace_id: "${s3}"`])
    assert.deepEqual(rules.get('attributes.rpc.method: "ListBuckets"'), ['moved', 'aws.operation: "ListBuckets"'])
  }))

test(
  'the page folds alike siblings, walks from error to error, zooms the time, and marks the critical path',
  { skip },
  () =>
    withPage(async (page) => {
      const trace = traceId(4711)
      const step = (n: number, more: object = {}) => ({
        id: hexId(0x4711 + n),
        name: 'query',
        start_time: now() + n / 10,
        end_time: now() + n / 10 + 0.05,
        ...more,
      })
      const start_time = now()
      await put([{
        trace_id: trace,
        id: hexId(0x4700),
        name: 'folding',
        start_time,
        end_time: start_time + 3,
        subsegments: [
          ...Array.from({ length: 12 }, (_, n) => step(n)),
          step(13, { name: 'bad', fault: true }),
          step(15, { name: 'worse', error: true }),
        ],
      }])
      await page.goto(`${base}/trace/${trace}`)
      await page.getByText('×12').waitFor()
      assert.equal(await page.getByRole('treeitem').count(), 4)
      await page.getByRole('treeitem', { name: /query/ }).getByRole('button', { name: 'Unfold' }).click()
      assert.equal(await page.getByRole('treeitem').count(), 15)
      await page.keyboard.press('e')
      await page.getByRole('complementary', { name: 'worse' }).waitFor()
      await page.keyboard.press('E')
      await page.getByRole('complementary', { name: 'bad' }).waitFor()
      await page.keyboard.press('8')
      assert.match(page.url(), /tab=raw/)
      await page.getByText('Came as X-Ray, passed byte for byte').waitFor()
      await page.keyboard.press('1')
      assert.ok((await page.locator('.wt .c').count()) > 0)
      await page.keyboard.press('p')
      await waitFor(async () => (await page.locator('.wt .c').count()) === 0, 'no critical path')
      const axis = await page.locator('.axisbar').boundingBox()
      assert.ok(axis !== null)
      await page.mouse.move(axis.x + axis.width * 0.25, axis.y + 8)
      await page.mouse.down()
      await page.mouse.move(axis.x + axis.width * 0.5, axis.y + 8, { steps: 3 })
      await page.mouse.up()
      await page.waitForURL(/zoom=0\.7/)
      await page.getByRole('button', { name: 'Show all of the time' }).click()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    }),
)

test('a trace that was saved as a file is taken by another agent', { skip }, () =>
  withPage(async (page) => {
    await page.goto(`${base}/trace/${s3}`)
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download' }).click()
    const file = await (await coming).path()
    const other = await AgentProcess.start({ config: "{ queue: { batchWait: '10ms' } }" })
    const place = `http://${other.address('admin')}`
    await page.goto(place)
    await page.getByLabel('Import a trace').setInputFiles(file)
    await page.getByRole('heading', { name: 'AccessDenied' }).waitFor()
    assert.equal(page.url(), `${place}/trace/${s3}`)
    await page.goto(`${place}/traces`)
    await page.getByLabel('Import a trace').setInputFiles({
      name: 'x.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"none": 1}'),
    })
    await page.getByText('The file holds no segment documents').waitFor()
    await page.goto('about:blank')
    await other.stop()
  }))

test('the button of the empty page runs the demo, which ends with the agent', { skip }, () =>
  withPage(async (page) => {
    const other = await AgentProcess.start({ config: "{ queue: { batchWait: '10ms' } }" })
    await page.goto(`http://${other.address('admin')}`)
    await page.getByRole('tab', { name: 'Python' }).click()
    await page.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=http://${other.address('otlp.http')}`).waitFor()
    await page.getByRole('button', { name: 'Run the demo' }).click()
    await page.getByRole('button', { name: /^storefront, service/ }).waitFor()
    const { isRunning } = await (await other.admin('/demo')).json()
    assert.equal(isRunning, true)
    assert.equal((await (await other.admin('/demo', { run: false })).json()).isRunning, false)
    await page.goto('about:blank')
    await other.stop()
  }))

test('the page keeps a fixed time in its URL', { skip }, () =>
  withPage(async (page) => {
    const [from, to] = [now() - 400, now() - 300].map((seconds) => new Date(seconds * 1000).toISOString())
    await page.goto(`${base}/traces?from=${from}&to=${to}&q=${encodeURIComponent('service("paged")')}`)
    await page.getByRole('button', { name: /^Paused/ }).waitFor()
    const rows = page.getByRole('gridcell', { name: /^\/\d+$/ })
    await rows.first().waitFor()
    assert.ok(Number((await rows.first().innerText()).slice(1)) <= 160)
    await page.getByRole('link', { name: 'Map', exact: true }).click()
    assert.equal(new URL(page.url()).searchParams.get('from'), from)
  }))

test(
  'the find field keeps what is typed while the page changes, on every view',
  { skip },
  () =>
    withPage(async (page) => {
      const field = page.getByLabel('Find a trace id or a service')
      for (const path of ['/', '/traces', `/trace/${s3}`, '/agent']) {
        await page.goto(base + path)
        await page.locator('.canvas .node, [role=grid], [role=tree], .agent').first().waitFor()
        await field.fill('searc')
        // Both draw the bar again.
        await page.getByRole('button', { name: 'Live' }).click()
        await page.getByRole('button', { name: /^Paused/ }).click()
        await page.getByRole('button', { name: 'Live' }).waitFor()
        assert.equal(await field.inputValue(), 'searc', path)
      }
      await field.fill('storefront')
      await page.keyboard.press('Enter')
      await page.getByRole('grid', { name: 'Traces' }).waitFor()
      assert.equal(await page.getByLabel('Filter', { exact: true }).inputValue(), 'service("storefront")')
      assert.equal(await field.inputValue(), '')
    }),
)

test(
  'the find field opens the service of a name, whatever is chosen on the map',
  { skip },
  () =>
    withPage(async (page) => {
      await page.goto(`${base}/?node=storefront`)
      await page.getByRole('complementary', { name: 'storefront' }).waitFor()
      await page.getByLabel('Find a trace id or a service').fill('searc')
      await page.keyboard.press('Enter')
      await page.getByRole('complementary', { name: /^search/ }).waitFor()
      await page.getByLabel('Find a trace id or a service').fill('no such service')
      await page.keyboard.press('Enter')
      await page.getByText('No trace matches').waitFor()
      // Who is faster than the map is answered once it is there.
      const { promise: mapMayCome, resolve: letMapCome } = Promise.withResolvers<void>()
      await page.route('**/ServiceGraph', (route) => mapMayCome.then(() => route.continue()))
      await page.goto(base)
      await page.getByLabel('Find a trace id or a service').fill('searc')
      await page.keyboard.press('Enter')
      letMapCome()
      await page.getByRole('complementary', { name: /^search/ }).waitFor()
    }),
)

test('the page shows why a view cannot be read for as long as that lasts', { skip }, () =>
  withPage(async (page) => {
    await page.route('**/ServiceGraph', (route) => route.fulfill({ status: 400, json: { message: 'It is broken' } }))
    await page.goto(base)
    await page.getByText('It is broken').waitFor()
    await page.getByRole('link', { name: 'Traces', exact: true }).click()
    await page.getByText('It is broken').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Map', exact: true }).click()
    await page.getByText('It is broken').waitFor()
    await page.unroute('**/ServiceGraph')
    await page.getByRole('button', { name: /^storefront, service/ }).waitFor()
    await page.getByText('It is broken').waitFor({ state: 'detached' })
  }))

test('the page can be used by keyboard', { skip }, () =>
  withPage(async (page) => {
    await page.goto(base)
    await page.getByRole('button', { name: /^storefront, service/ }).focus()
    await page.keyboard.press('ArrowRight')
    const next = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
    assert.match(next, /^(catalog|orders|search), service/)
    await page.keyboard.press('Enter')
    await page.getByRole('complementary').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary').waitFor({ state: 'detached' })
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await page.getByRole('grid', { name: 'Traces' }).waitFor()
    await page.keyboard.press('/')
    const focused = () => page.evaluate(() => document.activeElement?.id)
    assert.equal(await focused(), 'find-field')
    for (const [key, field] of [['t', 'range-field'], ['f', 'filter-field']] as const) {
      await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
      await page.keyboard.press(key)
      assert.equal(await focused(), field)
    }
    await page.getByRole('row').nth(1).focus()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('tree').waitFor()
    await page.keyboard.press('l')
    await page.getByRole('button', { name: 'Paused' }).waitFor()
  }))

test('no view of the page has an accessibility violation that axe-core finds', { skip }, async () => {
  const seen: string[] = []
  for (const scheme of ['light', 'dark'] as const) {
    const paths = [
      '/',
      '/?node=storefront',
      '/?edge=payments,bank%20remote',
      '/traces',
      `/trace/${s3}`,
      `/trace/${s3}?tab=raw`,
      `/trace/${s3}?tab=metadata`,
      '/agent',
    ]
    for (const path of paths) {
      await withPage(async (page) => {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        await page.goto(base + path)
        await page.locator('.canvas .node, [role=grid], [role=tree], .agent').first().waitFor()
        const violations = await accessibilityViolations(page)
        seen.push(...violations.map((violation) => `${path}, ${scheme}: ${violation}`))
      })
    }
  }
  assert.deepEqual(seen, [])
})

test(
  'no two style sheets of the page set the same of an element, so that their order decides nothing',
  { skip },
  () =>
    withPage(async (page) => {
      const styles = readStyles()
      const conflicts = new Set<string>()
      const paths = [
        '/?node=storefront',
        '/traces',
        ...['', '?tab=raw', '?tab=metadata'].map((tab) => `/trace/${s3}${tab}`),
      ]
      for (const path of [...paths, '/agent']) {
        await page.setViewportSize({ width: 1440, height: 800 })
        await page.goto(base + path)
        await page.locator('.canvas .node, [role=grid], [role=tree], .agent').first().waitFor()
        for (const width of [1440, 1000, 390]) {
          await page.setViewportSize({ width, height: 800 })
          for (const conflict of await styleConflicts(page, styles)) conflicts.add(conflict)
        }
      }
      assert.deepEqual([...conflicts], [])
    }),
)

test('a style sheet that no component imports fails the build, as does an import of one that is not there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rontgen-test-'))
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('page.tsx', "import './tokens.css'\nimport { Node } from './node.tsx'\nimport './page.css'\n")
  write('node.tsx', "import './node.css'\nexport const Node = 1\n")
  for (const name of ['tokens', 'node', 'page']) write(`${name}.css`, `.${name} {}\n`)
  assert.deepEqual(readStyles(folder).map(({ file }) => file), ['tokens.css', 'node.css', 'page.css'])
  write('forgotten.css', '.forgotten {}\n')
  assert.throws(() => readStyles(folder), /No component imports forgotten\.css/)
  rmSync(join(folder, 'forgotten.css'))
  rmSync(join(folder, 'node.css'))
  assert.throws(() => readStyles(folder), /node\.tsx imports node\.css, which does not exist/)
  rmSync(folder, { recursive: true })
})

test('nothing of the page is wider than a phone', { skip }, () =>
  withPage(async (page) => {
    for (const path of ['/', '/traces', `/trace/${s3}`, '/agent']) {
      await page.goto(base + path)
      await page.locator('.canvas .node, [role=grid], [role=tree], .agent').first().waitFor()
      assert.deepEqual(await tooWideParts(page), [], path)
    }
  }, { width: 390, height: 800 }))
