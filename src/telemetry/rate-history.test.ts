import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateHistory } from './rate-history.ts'

test('RateHistory counts what the exporter delivered that delivered most, though another one did before', () => {
  const sent: Record<string, number> = { stuck: 1000, other: 10 }
  const history = new RateHistory(() => ({ received: 0, queued: 0, waiting: 0, sent: { ...sent } }))
  sent['other'] = 30
  sent['late'] = 5
  assert.equal(history.list()[0]?.sent, 20)
  delete sent['stuck']
  assert.equal(history.list()[0]?.sent, 20)
  history.stop()
})
