import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'

/** Runs a test with a new page of the browser. The test fails if the page has an error. */
export async function withPage(
  browser: Browser,
  run: (page: Page) => Promise<void>,
  size = { width: 1280, height: 800 },
): Promise<void> {
  const page = await browser.newPage({ viewport: size })
  const issues: string[] = []
  page.on('pageerror', (error) => issues.push(error.message))
  page.on('console', (message) => message.type() === 'error' && issues.push(message.text()))
  await run(page)
  await page.close()
  // The browser logs what is answered with 400 (a filter that is wrong) or 409 (a change that cannot be made).
  assert.deepEqual(issues.filter((issue) => !/400 \(Bad Request\)|409 \(Conflict\)/.test(issue)), [])
}

/** What axe-core finds, one text for each rule. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // The page's own policy lets no script in but by the debugger.
  return await page.evaluate(`(() => { ${axe}; return axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | '))) })()`)
}

/** The parts of the page that reach over its right edge. @param more selects further elements, such as `.btn` */
export async function tooWideParts(page: Page, more = ''): Promise<string[]> {
  const parts = '.bar, main, .thead, .thead > *, .list, .panel, .agent, .flow, .box'
  return await page.evaluate(
    (selector) =>
      [...document.querySelectorAll(selector)].flatMap((element) =>
        element.getBoundingClientRect().right > innerWidth + 1 ? [element.className || element.tagName] : []
      ),
    more === '' ? parts : `${parts}, ${more}`,
  )
}
