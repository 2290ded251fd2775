import { documentText } from '../component/batch.ts'
import type { LetterBox, LetterChoice } from './agent-view.ts'
import type { DeadLetterInfo } from '../telemetry/dead-letter-info.ts'

/** A dead letter as the queue keeps it. */
interface KeptLetter {
  readonly id: number
  /** Unix milliseconds. */
  readonly time: number
  readonly reason: string
  readonly message: string
  /** In embedded form, with its quotes. */
  readonly document: Uint8Array
}

/** What keeps dead letters: the queue of an agent, or a spool that no agent has open. */
export interface LetterKeeper {
  deadLetters(after: number, limit: number): KeptLetter[]
  deadLetter(id: number): KeptLetter | undefined
  retryDeadLetters(ids: readonly number[]): number
  dropDeadLetters(ids: readonly number[]): number
}

/** So many letters are handled at once when all are meant. */
const CHUNK = 200

/** Shows the dead letters that `keeper` has. */
export function deadLetterView(keeper: LetterKeeper): LetterBox {
  return {
    list: (after, limit) => keeper.deadLetters(after, limit).map(describe),
    get(id) {
      const letter = keeper.deadLetter(id)
      return letter === undefined ? undefined : describe(letter)
    },
    retry: (choice) => each(keeper, choice, (ids) => keeper.retryDeadLetters(ids)),
    drop: (choice) => each(keeper, choice, (ids) => keeper.dropDeadLetters(ids)),
  }
}

function each(keeper: LetterKeeper, choice: LetterChoice, act: (ids: readonly number[]) => number): number {
  if (choice !== 'all') return act(choice)
  let count = 0
  for (let after = 0;;) {
    const ids = keeper.deadLetters(after, CHUNK).map(({ id }) => id)
    if (ids.length === 0) return count
    count += act(ids)
    after = ids[ids.length - 1] ?? after
  }
}

function describe({ id, time, reason, message, document: embedded }: KeptLetter): DeadLetterInfo {
  const document = documentText(embedded)
  const { trace_id: traceId, id: segmentId, name } = fieldsOf(document)
  return {
    id,
    time: new Date(time).toISOString(),
    reason,
    message,
    traceId: String(traceId ?? ''),
    segmentId: String(segmentId ?? ''),
    name: String(name ?? ''),
    bytes: new TextEncoder().encode(document).length,
    document,
  }
}

function fieldsOf(document: string): { trace_id?: unknown; id?: unknown; name?: unknown } {
  try {
    const parsed: unknown = JSON.parse(document)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}
