import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LocalStore } from '../store/local-store.ts'
import { Sampling, type SamplingRuleRecord } from './sampling.ts'

const open = (): { sampling: Sampling; close: () => void } => {
  const store = new LocalStore({ file: ':memory:', maxBytes: 1e9, maxAgeMs: 1e9, failed: () => {} })
  const sampling = new Sampling(store.records<SamplingRuleRecord>('rule'), () => 1000)
  return { sampling, close: () => store.close() }
}
const report = (ClientID: string) => ({
  RuleName: 'Default',
  ClientID,
  RequestCount: 1,
  SampledCount: 1,
  BorrowCount: 0,
})

test('Sampling divides a reservoir among clients, so that the shares add up', () => {
  const { sampling, close } = open()
  sampling.update({ SamplingRuleUpdate: { RuleName: 'Default', ReservoirSize: 5 } })
  const { SamplingTargetDocuments } = sampling.targets({ SamplingStatisticsDocuments: ['b', 'a', 'c'].map(report) })
  assert.deepEqual(SamplingTargetDocuments.map(({ ReservoirQuota }) => ReservoirQuota), [2, 2, 1])
  close()
})

test('Sampling remembers a bounded number of clients, and rejects long lists', () => {
  const { sampling, close } = open()
  for (let n = 0; n < 3000; n += 100) {
    const SamplingStatisticsDocuments = Array.from(
      { length: 100 },
      (_, i) => report(`client ${n + i}${'x'.repeat(500)}`),
    )
    assert.equal(sampling.targets({ SamplingStatisticsDocuments }).SamplingTargetDocuments.length, 100)
  }
  assert.equal(sampling.statistics().SamplingStatisticSummaries[0]?.RequestCount, 1000)
  const tooMany = Array.from({ length: 16_000 }, (_, i) => report(`${i}`))
  assert.throws(() => sampling.targets({ SamplingStatisticsDocuments: tooMany }), /a list of at most 100/)
  close()
})
