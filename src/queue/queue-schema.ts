import * as v from 'valibot'
import { bytes, duration, file } from '../component/values.ts'

/** Settings of the queue, which all exporters share. */
export const queueSchema = v.strictObject({
  dir: v.pipe(
    v.optional(file),
    v.description(
      'Folder of the spool. Else /var/lib/rontgen for root, and ~/.local/state/rontgen for others. `:memory:` keeps it in memory: what waits is lost when the agent ends.',
    ),
  ),
  maxBytes: v.pipe(
    v.optional(bytes, '1GiB'),
    v.description('Bytes on disk that may wait for one exporter; then its `whenFull` says what happens.'),
  ),
  maxMemory: v.pipe(
    v.optional(bytes, '32MiB'),
    v.description(
      'Bytes of waiting documents that are held in memory too; in a container at most an eighth of its memory limit.',
    ),
  ),
  maxAge: v.pipe(
    v.optional(duration, '7d'),
    v.description(
      'What cannot be delivered this long becomes a dead letter, by a clock that can be trusted, and while there is room for dead letters; else it stays in the queue.',
    ),
  ),
  maxDeadLetters: v.pipe(
    v.optional(bytes, '128MiB'),
    v.description(
      'Bytes of dead letters that are kept for one exporter; then `whenDeadLettersFull` says what happens.',
    ),
  ),
  whenDeadLettersFull: v.pipe(
    v.optional(v.picklist(['push-back', 'drop-oldest'], "'push-back' or 'drop-oldest'"), 'push-back'),
    v.description(
      '`push-back` makes no more dead letters: what would become one stays in the queue and is sent again, until a person retries or drops some. `drop-oldest` deletes the oldest.',
    ),
  ),
  sync: v.pipe(
    v.optional(v.picklist(['normal', 'full'], "'normal' or 'full'"), 'normal'),
    v.description('`normal` survives the end of the process at any instant, `full` a loss of power too.'),
  ),
  batchWait: v.pipe(
    v.optional(duration, '1s'),
    v.description('How long a request that is not full waits for more documents.'),
  ),
  stopTimeout: v.pipe(
    v.optional(duration, '10s'),
    v.description('How long a stop goes on delivering; the rest stays in the spool.'),
  ),
})
