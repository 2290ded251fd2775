import { AgeClock } from '../../src/queue/age-clock.ts'
import type { DeadBatch } from '../../src/queue/dead-letter-policy.ts'
import { Backlog } from '../../src/queue/backlog.ts'
import { BufferPool } from '../../src/bytes/buffer-pool.ts'
import { Delivery, type DeliverySettings } from '../../src/queue/delivery.ts'
import { HeldBlocks } from '../../src/queue/held-blocks.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeSender, textsOf } from './fake-sender.ts'
import { TestLog } from './test-queue.ts'
import { blockOf } from './test-spool.ts'

const nothing = { read: () => undefined, contents: () => ({ documents: 0, bytes: 0, firstId: 0 }), sizes: () => [] }

/** A delivery whose backlog is in memory, and a clock that a test advances. */
export class TestDelivery {
  readonly clock = new FakeClock()
  readonly log = new TestLog(this.clock)
  readonly report = this.log.events.exporter('xray')
  readonly blocks = new HeldBlocks(1 << 24, new BufferPool(1))
  readonly ages = new AgeClock(this.clock, { nextId: 1, newest: undefined })
  readonly backlog = new Backlog(nothing, this.blocks)
  readonly delivery: Delivery
  /** Rows that are acknowledged, in order. */
  readonly acknowledged: number[] = []
  /** Documents that became dead letters, each as `REASON TEXT: MESSAGE`. */
  readonly deadLetters: string[] = []
  isBlocked = false
  #nextId = 1

  constructor(readonly sender: FakeSender = new FakeSender(), settings: Partial<DeliverySettings> = {}) {
    const { clock, report, backlog, ages } = this
    const acknowledge = (rows: readonly number[], dead?: DeadBatch): void => {
      this.acknowledged.push(...rows)
      if (dead === undefined) return
      const { batch, reason, message } = dead
      this.deadLetters.push(...textsOf(batch).map((text) => `${reason} ${text}: ${message}`))
    }
    this.delivery = new Delivery(
      { backlog, report, clock, ages, acknowledge, isBlocked: () => this.isBlocked },
      sender,
      {
        concurrency: 1,
        batchWaitMs: 1000,
        maxAgeMs: 3_600_000,
        backOff: { firstMs: 500, longestMs: 10_000 },
        ...settings,
      },
    )
    this.delivery.start()
  }

  /** Takes a row of documents that was just written, and sends what can be sent. @returns its id */
  push(texts: readonly string[]): number {
    const id = this.#nextId++
    const block = blockOf(texts)
    const row = { ...block, id, created: this.clock.wall(), stored: block.bytes.length }
    this.backlog.push(this.blocks.written(row, [1]))
    this.delivery.pump()
    return id
  }
}
