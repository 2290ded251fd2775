import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FakeSender } from '../../test/support/fake-sender.ts'
import { startQueue, TestQueue } from '../../test/support/test-queue.ts'
import { documentNames, openTestSpool, spoolFolder } from '../../test/support/test-spool.ts'
import { ExportError } from '../component/export-error.ts'

const outage = new ExportError('retryable', 'away')

/** A queue of which 300 documents wait, and of which only some are in memory. */
async function openWaiting() {
  const dir = spoolFolder()
  const xray = new FakeSender(() => outage)
  const test = await startQueue({ xray }, new TestQueue({ dir, maxMemory: 500 }))
  for (let i = 0; i < 300; i += 50) await test.commit(documentNames(i, 50))
  const allArrive = async (count: number): Promise<void> => {
    xray.answer = () => undefined
    await test.clock.advance(60_000)
    assert.deepEqual(xray.accepted.toSorted(), documentNames(0, count).sort())
    await test.stop()
  }
  return { dir, xray, test, allArrive }
}

/** How many documents a start would find, if the process ended now. */
function waitingIn(dir: string): number {
  const copy = spoolFolder()
  cpSync(dir, copy, { recursive: true })
  const spool = openTestSpool(copy)
  const { documents } = spool.waiting.total()
  spool.close()
  return documents
}

test('a spool that is removed is there again within seconds, with all that waits', async () => {
  const { dir, test, allArrive } = await openWaiting()
  rmSync(dir, { recursive: true })
  await test.clock.advance(2000)
  assert.match(
    test.log.text,
    /ERROR ".*spool\.sqlite" was removed while the agent uses it\. All that waits was written/,
  )
  assert.equal(waitingIn(dir), 300)
  await test.commit(documentNames(300, 50))
  assert.equal(waitingIn(dir), 350)
  await allArrive(350)
})

test('documents are not acknowledged before a spool that was removed is there again', async () => {
  const { dir, test, allArrive } = await openWaiting()
  await test.clock.advance(1000)
  rmSync(dir, { recursive: true })
  await test.commit(documentNames(300, 50))
  assert.equal(waitingIn(dir), 350)
  await allArrive(350)
})

test('a spool that was moved is there again, and one that took its place is quarantined', async () => {
  const { dir, test, allArrive } = await openWaiting()
  renameSync(dir, `${dir}-moved`)
  openTestSpool(dir).close()
  await test.clock.advance(2000)
  assert.match(test.log.text, /was replaced by another file .*what had taken its place was moved to ".*quarantine/)
  assert.equal(waitingIn(dir), 300)
  assert.equal(readdirSync(dir).filter((name) => /quarantine-.*Z$/.test(name)).length, 1)
  await allArrive(300)
})

test('a log that is removed is there again', async () => {
  const { dir, test, allArrive } = await openWaiting()
  await test.clock.advance(2000)
  rmSync(join(dir, 'spool.sqlite-wal'))
  await test.clock.advance(2000)
  assert.match(test.log.text, /ERROR ".*spool\.sqlite-wal" was removed/)
  await test.commit(documentNames(300, 50))
  assert.equal(waitingIn(dir), 350)
  await allArrive(350)
})

test('while a spool that was removed cannot be put back nothing is acknowledged, and all that waits is delivered', async () => {
  const { dir, xray, test, allArrive } = await openWaiting()
  rmSync(dir, { recursive: true })
  writeFileSync(dir, 'no folder')
  await test.clock.advance(2000)
  assert.match(
    test.log.text,
    /ERROR ".*" was removed, and cannot be put back: .*Nothing is acknowledged until they can/,
  )
  await assert.rejects(test.commit(documentNames(300, 50)), { code: 'busy' })
  xray.answer = () => undefined
  await test.clock.advance(20_000)
  assert.equal(xray.accepted.length, 300)
  rmSync(dir)
  await test.clock.advance(2000)
  await test.commit(documentNames(300, 50))
  assert.ok(existsSync(join(dir, 'spool.sqlite')))
  await allArrive(350)
})

test('a spool that is removed just before the agent ends is there for the next start', async () => {
  const { dir, test } = await openWaiting()
  rmSync(dir, { recursive: true })
  assert.equal(await test.stop(), 300)
  assert.equal(waitingIn(dir), 300)
})
