import type { Clock } from '../async/clock.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { Events } from '../telemetry/events.ts'
import type { Spool } from './spool.ts'

/** What is watched. */
export interface WatchParts {
  readonly spool: Spool
  readonly events: Events
  readonly clock: Clock
  /** Is called when the spool is there again. */
  readonly onRestored: () => void
}

/** How often it is looked whether the files are there, in milliseconds, and how often at most when documents come. */
const INTERVAL_MS = 2000
const MIN_INTERVAL_MS = 250

/**
 * Notices that the files of the spool were removed or replaced while the agent runs: SQLite goes on with files that no
 * longer have a name, and the next start would find nothing of what was acknowledged. What is open can be read still, so
 * it is written again where it was.
 */
export class SpoolWatch {
  #looked = -Infinity
  /** Why the files cannot be put back; undefined if they are there. */
  #failure: Error | undefined
  #cancel: (() => void) | undefined

  constructor(private readonly parts: WatchParts) {
    this.#lookLater()
  }

  #lookLater(): void {
    this.#cancel = this.parts.clock.afterInBackground(INTERVAL_MS, () => {
      this.look()
      this.#lookLater()
    })
  }

  /** Must be called before documents are acknowledged. @throws {Error} if they would not be found by the next start */
  check(): void {
    if (this.parts.clock.monotonic() - this.#looked >= MIN_INTERVAL_MS) this.look()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Looks whether the files are there, and puts them back if they are not. */
  look(): void {
    const { spool, events, clock, onRestored } = this.parts
    this.#looked = clock.monotonic()
    const lost = spool.lost()
    if (lost === undefined) {
      this.#failure = undefined
      const reason = spool.unwritable()
      if (reason !== undefined) events.spoolUnwritable(reason)
      return
    }
    try {
      events.spoolRestored(lost, spool.restore())
      this.#failure = undefined
      onRestored()
    } catch (cause) {
      this.#failure = new Error(`${lost}, and cannot be put back: ${errorMessage(cause)}`, { cause })
      events.spoolLost(this.#failure)
    }
  }

  /** Looks a last time, and no more. */
  stop(): void {
    this.#cancel?.()
    this.look()
  }
}
