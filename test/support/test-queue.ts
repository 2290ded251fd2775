import type { Clock } from '../../src/async/clock.ts'
import { Events } from '../../src/telemetry/events.ts'
import { type LaneOptions, Queue, type QueueSettings } from '../../src/queue/queue.ts'
import type { Sender } from '../../src/queue/requests.ts'
import { FakeClock, runPending } from './fake-clock.ts'
import { spoolFolder } from './test-spool.ts'

/** A log that a test reads. */
export class TestLog {
  readonly lines: string[] = []
  readonly events: Events

  constructor(clock: Clock = new FakeClock()) {
    const write = (level: string) => (message: string) => void this.lines.push(`${level} ${message}`)
    this.events = new Events(
      { debug: () => {}, info: write('INFO'), warn: write('WARN'), error: write('ERROR') },
      clock,
    )
  }

  get text(): string {
    return this.lines.join('\n')
  }
}

export const pushBack: LaneOptions = { concurrency: 4, whenFull: 'push-back' }
const MB = 1 << 20

/** A queue with a clock that a test advances. */
export class TestQueue {
  readonly queue: Queue
  readonly clock: FakeClock
  readonly log: TestLog
  readonly settings: QueueSettings

  /** @param exporters the configured exporters, for a spool that is damaged */
  constructor(
    settings: Partial<QueueSettings> = {},
    { clock = new FakeClock(), exporters = ['xray'] }: { clock?: FakeClock; exporters?: readonly string[] } = {},
  ) {
    this.clock = clock
    this.log = new TestLog(clock)
    this.settings = {
      dir: spoolFolder(),
      sync: 'normal',
      maxBytes: 64 * MB,
      maxMemory: 32 * MB,
      maxDeadBytes: 16 * MB,
      whenDeadLettersFull: 'push-back',
      reserveBytes: 0,
      maxAgeMs: 7 * 86_400_000,
      batchWaitMs: 1000,
      backOff: { firstMs: 500, longestMs: 10_000 },
      ...settings,
    }
    this.queue = new Queue(this.settings, exporters, this.log.events, clock)
  }

  /** Commits documents in a group of their own. @returns resolves once they are on disk */
  async commit(texts: readonly string[], isAnswered = true): Promise<void> {
    const group = this.queue.open()
    for (const text of texts) {
      group.begin()
      group.writer.ascii(text)
      group.end(0)
    }
    const committed = this.queue.commit(isAnswered)
    committed.catch(() => {})
    await this.clock.advance(isAnswered ? 1 : 4)
    await committed
  }

  /** What waits for an exporter, as the status says. */
  lane(name: string) {
    const found = this.queue.state.lanes.find((lane) => lane.name === name)
    if (found === undefined) throw new Error(`There is no lane "${name}"`)
    return found
  }

  /** Stops without waiting for what is in flight. @returns documents that are left */
  async stop(): Promise<number> {
    const stopped = this.queue.stop(AbortSignal.abort())
    await runPending()
    return (await stopped).documents
  }
}

/** Starts a queue that delivers to exporters of these names. */
export async function startQueue(
  senders: Readonly<Record<string, Sender>>,
  test: TestQueue = new TestQueue(),
): Promise<TestQueue> {
  for (const [name, sender] of Object.entries(senders)) await test.queue.addLane(name, sender, pushBack)
  test.queue.start()
  return test
}
