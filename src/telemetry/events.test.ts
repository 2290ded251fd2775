import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { TestLog } from '../../test/support/test-queue.ts'

function openLog() {
  const clock = new FakeClock()
  const log = new TestLog(clock)
  return { clock, log, events: log.events, audit: log.events.exporter('audit') }
}

test('dead letters within a second after the first are logged at its end, and the log adds up to the counter', async () => {
  const { clock, log, events, audit } = openLog()
  audit.deadLettered(1, 'rejected', 'no good')
  audit.deadLettered(2, 'rejected', 'no good')
  audit.deadLettered(4, 'rejected', 'worse')
  await clock.advance(60_000)
  assert.deepEqual(log.lines, [
    'ERROR audit: 1 document became a dead letter: no good; see rontgen dead-letters list',
    'ERROR audit: 6 documents became dead letters in the last second: worse; see rontgen dead-letters list',
  ])
  assert.equal(audit.counters.deadLettered.total, 7)
  assert.equal(events.problems[0]?.times, 7)
})

test('the list of problems counts what is not logged yet', () => {
  const { events, audit } = openLog()
  for (let i = 0; i < 3; i++) events.receiver('xray.udp').rejected(1, 'not JSON', 'UDP 127.0.0.1:1')
  audit.oldestDropped(400)
  audit.oldestDropped(2752)
  assert.deepEqual(events.problems.map(({ kind, times }) => [kind, times]), [['audit full', 3152], [
    'xray.udp rejected',
    3,
  ]])
})

test('what is counted in documents is summed in documents, and what is not in times', async () => {
  const { clock, log, events, audit } = openLog()
  const udp = events.receiver('xray.udp')
  for (const count of [1, 2, 3]) {
    audit.oldestDropped(count)
    audit.deadLettersDropped(count)
    audit.problem('warn', 'rules', 'no rules')
    audit.throttled(4 - count, 'slow down')
    udp.rejected(count, 'not JSON', 'UDP 127.0.0.1:1')
    udp.lost(count, 'queue-full', 'full')
    udp.requestFailed('no')
    events.spoolFailed(new Error('no room'), count - 1)
    events.lost(count, 'no spool')
    events.queued(10, count)
  }
  log.lines.length = 0
  await clock.advance(60_000)
  assert.deepEqual(log.lines, [
    'ERROR audit: dropped the 5 oldest waiting documents in the last second: over queue.maxBytes, and whenFull is drop-oldest',
    'ERROR audit: dropped the 5 oldest dead letters in the last second: over queue.maxDeadLetters',
    'WARN audit: no rules (2 times in the last second)',
    'WARN xray.udp: rejected data from UDP 127.0.0.1:1 (5 spans or documents in the last second): not JSON',
    'ERROR xray.udp: lost 5 documents in the last second: full',
    'WARN xray.udp: answered with an error (2 times in the last second): no',
    'ERROR Cannot write the spool: no room; 3 documents were not acknowledged in the last second. Is the disk full?',
    'ERROR Lost 5 documents in the last second, which nobody sends again: no spool',
    'WARN Truncated 5 documents to fit into 64 KB in the last second; see metadata otel.cut',
    'WARN Delivery to audit was throttled 2 times in the last 60 s, down to 1 request in flight: slow down',
  ])
})

test('Events.stopped() logs what is held back before the last line', () => {
  const { log, events, audit } = openLog()
  audit.oldestDropped(400)
  audit.oldestDropped(2752)
  events.stopped({ documents: 0, removed: [] })
  assert.deepEqual(log.lines.slice(1), [
    'ERROR audit: dropped the 2752 oldest waiting documents in the last second: over queue.maxBytes, and whenFull is drop-oldest',
    'INFO Stopped: 0 received; delivered: 0 by audit (3152 dropped); nothing is left to deliver',
  ])
})

test('Events.stopped() names what stays for exporters that were removed', () => {
  const { log, events } = openLog()
  for (const documents of [0, 7]) {
    events.stopped({ documents, removed: [{ name: 'archive', documents: 4 }, { name: 'gone', documents: 1 }] })
  }
  const removed = '4 documents stay in the spool for archive, which is not in the config; ' +
    '1 document stays in the spool for gone, which is not in the config'
  assert.deepEqual(log.lines, [
    `INFO Stopped: 0 received; delivered: 0 by audit; ${removed}`,
    `INFO Stopped: 0 received; delivered: 0 by audit; 7 documents stay in the spool for the next start; ${removed}`,
  ])
})

test('messages count one thing in the singular, and bytes as the status does', () => {
  const { log, events } = openLog()
  events.spoolFound(1, 7370)
  events.removedExporterFound('gone', 0, 1)
  events.removedExporterFound('archive', 4, 1)
  assert.deepEqual(log.lines.map((line) => line.replace(/, which.*/, '')), [
    'INFO Found 1 document (7.4 kB) of an earlier run in the spool; delivering what waits',
    'WARN 1 dead letter is kept for the exporter "gone"',
    'WARN 4 documents and 1 dead letter are kept for the exporter "archive"',
  ])
})
