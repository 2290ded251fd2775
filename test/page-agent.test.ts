import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '../scripts/browser.mjs'
import { readStyles } from '../scripts/build-page.mjs'
import { AgentProcess } from './support/agent-process.ts'
import { FakeXray } from './support/fake-xray.ts'
import { accessibilityViolations, tooWideParts, withPage } from './support/page-checks.ts'
import { sendSpans } from './support/send-spans.ts'
import { styleConflicts } from './support/style-conflicts.ts'
import { waitFor } from './support/wait-for.ts'

const found = findChromium()
const skip = 'skip' in found ? found.skip : false
const phone = { width: 390, height: 800 }
const queue = "queue: { batchWait: '10ms' }"
let browser: Browser

before(async () => {
  if ('path' in found) browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] })
})
after(async () => {
  if ('path' in found) await browser.close()
})

/** An agent with the exporters `audit`, `copy` and `local`, and its view on the page. */
interface Lab {
  readonly agent: AgentProcess
  /** What `audit` sends to. */
  readonly aws: FakeXray
  readonly page: Page
  /** The dialogs that came up; each is accepted. */
  readonly dialogs: string[]
  status(): Promise<{
    deadLetters: { count: number }
    delivery: { state: string }
    exporters: { name: string; counts: { sent: number } }[]
    removedExporters: { name: string }[]
  }>
  /** Removes `audit` from the config, and waits until that is in force. */
  removeAudit(): Promise<void>
}

async function withLab(run: (lab: Lab) => Promise<void>, size?: { width: number; height: number }): Promise<void> {
  const [aws, other] = [await new FakeXray().start(), await new FakeXray().start()]
  const xray = ({ url }: FakeXray): string => `{ type: 'xray', region: 'us-west-2', endpoint: '${url}' }`
  const rest = `copy: ${xray(other)}, local: true }, ${queue} }`
  const agent = await AgentProcess.start({ config: `{ export: { audit: ${xray(aws)}, ${rest}` })
  const status: Lab['status'] = async () => await (await agent.admin('/status')).json()
  const removeAudit = async (): Promise<void> => {
    agent.writeConfig(`{ export: { ${rest}`)
    await waitFor(async () => (await status()).removedExporters.length === 1, 'the reload')
  }
  await withPage(browser, async (page) => {
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.accept()
    })
    await run({ agent, aws, page, dialogs, status, removeAudit })
    await page.goto('about:blank')
  }, size)
  await agent.stop()
  await Promise.all([aws.stop(), other.stop()])
}

/** Makes `audit` reject 3 documents, which `copy` and `local` take, and opens the view. */
async function deadLetter({ agent, aws, page, status }: Lab): Promise<void> {
  aws.fault = ([document]) => ({ Id: JSON.parse(document ?? '{}').id, ErrorCode: 'InvalidSegment', Message: 'no' })
  await sendSpans(agent, 3)
  await waitFor(async () => (await status()).deadLetters.count === 3, 'the dead letters')
  await page.goto(`http://${agent.address('admin')}/agent`)
}

/** Makes `audit` fail, so that 3 documents wait for it, and opens the view. */
async function fail({ agent, aws, page, status }: Lab): Promise<void> {
  aws.fault = { status: 500 }
  await sendSpans(agent, 3)
  await waitFor(async () => (await status()).delivery.state === 'failing', 'the failure')
  await page.goto(`http://${agent.address('admin')}/agent`)
}

async function sentBy(lab: Lab, name: string): Promise<number | undefined> {
  return (await lab.status()).exporters.find((exporter) => exporter.name === name)?.counts.sent
}

test(
  'the agent view names the exporter of a dead letter, and sends it again by another one',
  { skip },
  () =>
    withLab(async (lab) => {
      await deadLetter(lab)
      const { page } = lab
      await page.getByRole('row', { name: 'audit 0 0 0 3', exact: true }).waitFor()
      await page.getByRole('row', { name: 'local 0 3 0 0', exact: true }).waitFor()
      assert.equal(await page.getByRole('cell', { name: 'audit', exact: true }).count(), 3)
      await page.getByLabel('Exporter to send dead letters to').selectOption('copy')
      await page.getByRole('button', { name: 'Send to copy' }).first().click()
      await page.getByRole('row', { name: 'copy 0 4 0 0', exact: true }).waitFor()
      lab.aws.fault = undefined
      await page.getByLabel('Exporter to send dead letters to').selectOption('The exporter of each')
      await page.getByRole('button', { name: 'Send all again' }).click()
      await page.getByRole('row', { name: 'audit 0 2 0 0', exact: true }).waitFor()
      assert.deepEqual([await sentBy(lab, 'audit'), await sentBy(lab, 'copy')], [2, 4])
    }),
)

test(
  'the agent view says why a dead letter of a removed exporter cannot be sent again, and moves it',
  { skip },
  () =>
    withLab(async (lab) => {
      await deadLetter(lab)
      await lab.removeAudit()
      const { page } = lab
      await page.getByRole('row', { name: /^audit 3 dead letters/ }).waitFor()
      await page.getByRole('button', { name: 'Send all again' }).click()
      await page.getByText('The exporter "audit" is not in the config').waitFor()
      await page.getByLabel('Exporter to move what is kept for audit to').selectOption('copy')
      await page.getByRole('button', { name: 'Move to copy' }).click()
      await page.getByRole('heading', { name: 'Removed exporters' }).waitFor({ state: 'detached' })
      await page.getByRole('row', { name: 'copy 0 3 0 3', exact: true }).waitFor()
      await page.getByRole('button', { name: 'Send all again' }).click()
      await page.getByRole('row', { name: 'copy 0 6 0 0', exact: true }).waitFor()
    }),
)

test(
  'the agent view says which exporter fails and why, and moves what is kept for it once it is removed',
  { skip },
  () =>
    withLab(async (lab) => {
      await fail(lab)
      const { page } = lab
      await page.getByText(/^delivery to audit fails for /).waitFor()
      await page.getByRole('row', { name: /^sending to AWS X-Ray.*Fails for .* Last failure .*500/ }).waitFor()
      await lab.removeAudit()
      await page.getByText('delivering', { exact: true }).waitFor()
      await page.getByRole('row', { name: /^audit 3 documents \(.* B\), the oldest .* old/ }).waitFor()
      await page.getByLabel('Exporter to move what is kept for audit to').selectOption('local')
      await page.getByRole('button', { name: 'Move to local' }).click()
      await page.getByRole('heading', { name: 'Removed exporters' }).waitFor({ state: 'detached' })
      assert.deepEqual((await lab.status()).removedExporters, [])
    }),
)

test(
  'the agent view drops what is kept for a removed exporter, after a confirmation',
  { skip },
  () =>
    withLab(async (lab) => {
      await fail(lab)
      await lab.removeAudit()
      const row = lab.page.getByRole('row', { name: /^audit 3 documents/ })
      await row.getByRole('button', { name: 'Drop' }).press('Enter')
      await row.waitFor({ state: 'detached' })
      assert.equal(lab.dialogs.length, 1)
      assert.match(lab.dialogs[0] ?? '', /^Drop 3 documents \(.* B\) of audit\?$/)
      assert.deepEqual((await lab.status()).removedExporters, [])
    }),
)

for (const size of [{ width: 1280, height: 800 }, phone]) {
  test(
    `the agent view with all that can be wrong is usable at a width of ${size.width}`,
    { skip },
    () =>
      withLab(async (lab) => {
        await deadLetter(lab)
        const { page } = lab
        lab.aws.fault = { status: 500 }
        await sendSpans(lab.agent, 1)
        await page.getByText(/^delivery to audit fails for /).waitFor()
        const check = async (): Promise<void> => {
          assert.deepEqual(await accessibilityViolations(page), [])
          assert.deepEqual(await tooWideParts(page, '.btn, .field, .st'), [])
          assert.deepEqual(await styleConflicts(page, readStyles()), [])
        }
        await check()
        await lab.removeAudit()
        await page.getByRole('heading', { name: 'Removed exporters' }).waitFor()
        await check()
      }, size),
  )
}
