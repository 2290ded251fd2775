import type { Histogram } from '../telemetry/histogram.ts'
import type { Status } from '../telemetry/status.ts'

/** A dead letter as people see it. */
export interface LetterInfo {
  readonly id: number
  /** ISO 8601. */
  readonly time: string
  readonly reason: string
  /** What the destination said. */
  readonly message: string
  readonly traceId: string
  readonly segmentId: string
  readonly name: string
  /** Bytes of the document. */
  readonly bytes: number
  /** The document's JSON text. */
  readonly document: string
}

/** Which dead letters are meant. */
export type LetterChoice = readonly number[] | 'all'

/** The dead letters of a spool, whether an agent has it open or not. */
export interface LetterBox {
  /** At most `limit` letters whose id is greater than `after`, oldest first. */
  list(after: number, limit: number): LetterInfo[]
  get(id: number): LetterInfo | undefined
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
  /** Answers calls of the X-Ray API; undefined if there is no local store. */
  api(request: Request): Response | Promise<Response> | undefined
}
