import { type Batch, pickFromBatch } from '../component/batch.ts'
import type { ExportError } from '../component/export-error.ts'
import type { Row } from './backlog.ts'
import type { DeadLetterReason } from './dead-letter-store.ts'

/** Documents that become dead letters. */
export interface DeadBatch {
  readonly batch: Batch<Row>
  readonly reason: DeadLetterReason
  readonly message: string
}

/** What becomes of the documents of a batch that was not wholly delivered. */
export interface Disposition {
  /** Documents that the backend accepted. */
  readonly delivered: Batch<Row>
  /** Batches that are sent again: at once, or after the back-off. */
  readonly again: readonly Batch<Row>[]
  readonly dead: readonly DeadBatch[]
}

const nothing: Batch<Row> = { parts: [], count: 0 }

/** The backend rejected the batch as a whole: it is halved until the document that it rejects stands alone. */
export function afterRejection(batch: Batch<Row>, { message }: ExportError): Disposition {
  if (batch.count === 1) return { delivered: nothing, again: [], dead: [{ batch, reason: 'rejected', message }] }
  const all = others(batch.count, [])
  const half = batch.count >> 1
  return {
    delivered: nothing,
    again: [pickFromBatch(batch, all.slice(0, half)), pickFromBatch(batch, all.slice(half))],
    dead: [],
  }
}

/** The backend accepted a part: of the rest each document is sent again, or becomes a dead letter, by its code. */
export function afterPartialSuccess(batch: Batch<Row>, { failed }: ExportError): Disposition {
  const known = failed.filter(({ index }) => index >= 0 && index < batch.count)
  const byIndex = new Map(known.map((document) => [document.index, document]))
  const retryable = [...byIndex.values()].filter(({ isRetryable }) => isRetryable).map(({ index }) => index)
  const again = pickFromBatch(batch, retryable.sort((a, b) => a - b))
  return {
    delivered: pickFromBatch(batch, others(batch.count, [...byIndex.keys()])),
    again: again.count === 0 ? [] : [again],
    dead: [...byIndex.values()].filter(({ isRetryable }) => !isRetryable).map(({ index, reason }) => ({
      batch: pickFromBatch(batch, [index]),
      reason: 'unprocessed',
      message: reason,
    })),
  }
}

/** Parts a batch that failed into documents of rows that are too old, and the others. */
export function splitExpired(
  batch: Batch<Row>,
  isTooOld: (row: Row) => boolean,
): { expired: Batch<Row>; rest: Batch<Row> } {
  const expired: number[] = []
  let index = 0
  for (const { block, from, to } of batch.parts) {
    const isExpired = isTooOld(block)
    for (let i = from; i < to; i++, index++) if (isExpired) expired.push(index)
  }
  if (expired.length === 0) return { expired: nothing, rest: batch }
  return { expired: pickFromBatch(batch, expired), rest: pickFromBatch(batch, others(batch.count, expired)) }
}

/** The numbers below `count` that are not in `indexes`. */
function others(count: number, indexes: readonly number[]): number[] {
  const excluded = new Set(indexes)
  return Array.from({ length: count }, (_, i) => i).filter((i) => !excluded.has(i))
}
