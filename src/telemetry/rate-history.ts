/** Counts of everything but deliveries. */
interface Counts {
  readonly received: number
  readonly queued: number
  /** Documents that wait now; the others are totals. */
  readonly waiting: number
}

/** Counts at a moment. */
export interface RateCounts extends Counts {
  /** Documents delivered, by exporter. */
  readonly sent: Readonly<Record<string, number>>
}

/** Counts of a step of the history. */
export interface RateStep extends Counts {
  /** Its duration in seconds; the last step is not over yet. */
  readonly seconds: number
  /** Documents delivered by the exporter that delivered most in this step: each delivers the same ones. */
  readonly sent: number
}

const STEP_MS = 30_000
const STEPS = 60

/** Counts of each half minute of the last half hour. */
export class RateHistory {
  readonly #steps: RateStep[] = []
  readonly #timer: ReturnType<typeof setInterval>
  #last: RateCounts
  #since = Date.now()

  constructor(private readonly read: () => RateCounts) {
    this.#last = read()
    this.#timer = setInterval(() => this.#step(), STEP_MS)
    this.#timer.unref()
  }

  #now(): RateStep {
    const now = this.read()
    const last = this.#last
    return {
      seconds: (Date.now() - this.#since) / 1000,
      received: now.received - last.received,
      queued: now.queued - last.queued,
      waiting: now.waiting,
      sent: Math.max(0, ...Object.entries(now.sent).map(([name, sent]) => sent - (last.sent[name] ?? 0))),
    }
  }

  #step(): void {
    this.#steps.push(this.#now())
    if (this.#steps.length >= STEPS) this.#steps.shift()
    this.#last = this.read()
    this.#since = Date.now()
  }

  /** The steps, the oldest first. */
  list(): RateStep[] {
    return [...this.#steps, this.#now()]
  }

  /** Rates per second over the last complete step, or the current one if there is none. */
  perSecond(): { received: number; sent: number } {
    const { received, sent, seconds } = this.#steps.at(-1) ?? this.#now()
    const over = Math.max(1, seconds)
    return { received: received / over, sent: sent / over }
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
