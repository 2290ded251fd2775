import { test } from 'node:test'
import { type ModelOptions, QueueModel } from '../../test/support/queue-model.ts'

/** Runs, and steps of each. More of both: QUEUE_MODEL_RUNS=1000. */
const RUNS = Number(process.env['QUEUE_MODEL_RUNS'] ?? 8)
const STEPS = 80

async function run(options: ModelOptions): Promise<void> {
  for (let seed = 1; seed <= RUNS; seed++) {
    const model = new QueueModel(seed, options)
    try {
      await model.run(STEPS)
    } catch (error) {
      throw new Error(`Seed ${seed}: ${model.steps.join(', ')}`, { cause: error })
    }
    await model.close()
  }
}

test('whatever exporters do, and however they come and go: each document reaches each exporter once, or is a dead letter', () =>
  run({ hasFaults: false, dropsOldest: false }))

test('whatever happens to the disk and the process: each document reaches each exporter, or is a dead letter', () =>
  run({ hasFaults: true, dropsOldest: false }))

test('where exporters drop their oldest documents: as many are missing as were counted as dropped', () =>
  run({ hasFaults: false, dropsOldest: true }))
