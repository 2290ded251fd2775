import type { Histogram } from '../telemetry/histogram.ts'
import type { RateStep } from '../telemetry/rate-history.ts'
import type { DeadLetterInfo } from '../telemetry/dead-letter-info.ts'
import type { Status } from '../telemetry/status.ts'

/** Which dead letters are meant. */
export type LetterChoice = readonly number[] | 'all'

/** The dead letters of a spool, whether an agent has it open or not. */
export interface LetterBox {
  /** At most `limit` letters whose id is greater than `after`, oldest first. */
  list(after: number, limit: number): DeadLetterInfo[]
  get(id: number): DeadLetterInfo | undefined
  /** Sends them again; gives how many there were. */
  retry(choice: LetterChoice): number
  /** Forgets them; gives how many there were. */
  drop(choice: LetterChoice): number
}

/** What the admin server shows of an agent. */
export interface AgentView {
  status(): Status
  readonly latency: Histogram
  readonly letters: LetterBox
  /** Whether the local store has a trace; null if there is no store. */
  hasTraces(): boolean | null
  /** What happened in each half minute of the last half hour. */
  rates(): readonly RateStep[]
  /** Every value of the config in force, with where it is from. */
  config(): readonly { readonly path: string; readonly value: string; readonly source: string }[]
  /** The sample application, which sends traces here. */
  readonly demo: {
    isRunning(): boolean
    /** @throws {Error} if there is no port that it could send to */
    start(): void
    stop(): void
  }
  /** Tells when the local store has something new to see, until the function that it gives is called. */
  watch(watcher: () => void): () => void
  /** Answers calls of the X-Ray API, and what the page asks of the local store; undefined if there is none. */
  api(request: Request): Response | Promise<Response> | undefined
}
