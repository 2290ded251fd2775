import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, chromium } from 'playwright-core'
import { findChromium } from '../scripts/browser.mjs'
import { AgentProcess } from './support/agent-process.ts'
import { fullSegment } from './support/hostile-documents.ts'
import { withPage } from './support/page-checks.ts'

const found = findChromium()
const skip = 'skip' in found ? found.skip : false
let agent: AgentProcess
let browser: Browser

before(async () => {
  if ('skip' in found) return
  agent = await AgentProcess.start()
  browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] })
})

after(async () => {
  if ('skip' in found) return
  await browser.close()
  await agent.stop()
})

const odd = { toString: 1, valueOf: 'x' }
const deep = JSON.parse(`${'{"a":['.repeat(200)}${']}'.repeat(200)}`)

test(
  'the page shows a trace whose members have other types, in each of its tabs',
  { skip },
  () =>
    withPage(browser, async (page) => {
      const segment = {
        ...fullSegment(),
        annotations: { odd, list: [odd], constructor: 'a', tier: 'gold' },
        metadata: { odd, deep },
        aws: { operation: 'Get', request_id: odd, retries: [odd] },
        sql: { sanitized_query: 'SELECT 1', url: odd, user: [odd] },
        links: [odd, null],
      }
      const answer = await agent.admin('/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(segment)] })
      assert.deepEqual(await answer.json(), { UnprocessedTraceSegments: [] })
      const { trace_id: trace } = JSON.parse(JSON.stringify(segment))
      const base = `http://${agent.address('admin')}`
      for (const tab of ['overview', 'resources', 'annotations', 'metadata', 'exceptions', 'sql', 'links', 'raw']) {
        await page.goto(`${base}/trace/${trace}?tab=${tab}&span=${JSON.parse(JSON.stringify(segment)).id}`)
        await page.getByRole('tree').waitFor()
        await page.getByRole('tabpanel').waitFor()
        assert.equal(await page.getByText('This cannot be shown').count(), 0, tab)
      }
      for (const path of ['/', '/traces']) {
        await page.goto(base + path)
        await page.getByText('shop').and(page.locator(':visible')).first().waitFor({ timeout: 10_000 })
      }
    }),
)
