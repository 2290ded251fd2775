import type { Clock } from '../async/clock.ts'
import type { BufferPool } from '../bytes/buffer-pool.ts'
import type { DocumentBlock } from '../component/batch.ts'
import { DocumentGroup } from '../segment/document-group.ts'

/** What writes the groups. */
export interface GroupWriter {
  /** True while commits must hold back, because more waits than can be delivered soon. */
  isAhead(): boolean
  /**
   * Writes a block of documents.
   *
   * @param truncated how many of them were truncated
   * @param unanswered how many have a sender that waits for no answer
   * @throws {Error} what those who wait for the group get, if it cannot be written
   */
  write(block: DocumentBlock | undefined, truncated: number, unanswered: number): void
}

/** How long a commit waits for more documents, in milliseconds: while a client waits for its answer, and while none does. */
const ANSWERED_WAIT_MS = 1
const UNANSWERED_WAIT_MS = 4
/** A group of this size is committed at once, in bytes. */
const GROUP_BYTES = 1 << 20
/** How long a commit holds back at most, and how often it looks whether it may go on, in milliseconds. */
const HOLD_BACK_MS = 50
const LOOK_MS = 2

/**
 * Collects the documents of many requests into one group, and commits them together a moment later. While delivery
 * does not keep up, commits hold back: clients that wait for their answer then send at the pace of the delivery, and no
 * backlog grows that would have to be read from disk again. Once there is one, nothing holds back.
 */
export class GroupCommit {
  readonly #group: DocumentGroup
  /** Documents of the group that were committed to it; others are dropped when the next entry opens. */
  #accepted = 0
  /** How many of them were truncated, and how many documents of the group were when the entry was opened. */
  #truncated = 0
  #truncatedBefore = 0
  /** How many of them have a sender that waits for no answer. */
  #unanswered = 0
  #hasWaiters = false
  #openedAt = 0
  #waiters = createWaiters()
  #cancelTimer: (() => void) | undefined

  constructor(private readonly writer: GroupWriter, pool: BufferPool, private readonly clock: Clock) {
    this.#group = new DocumentGroup(pool)
  }

  /** Opens an entry: documents written into the group from here on are dropped unless {@link commit} follows. */
  open(): DocumentGroup {
    this.#group.rollBack(this.#accepted)
    this.#truncatedBefore = this.#group.cut
    return this.#group
  }

  /**
   * Commits what was written since {@link open}.
   *
   * @param isAnswered whether a client waits for its answer
   * @returns resolves once the documents are on disk, and rejects if they cannot be written
   */
  commit(isAnswered: boolean): Promise<void> {
    const added = this.#group.count - this.#accepted
    this.#accepted = this.#group.count
    this.#truncated += this.#group.cut - this.#truncatedBefore
    const { promise } = this.#waiters
    if (!isAnswered) this.#unanswered += added
    if (this.#group.writer.length >= GROUP_BYTES && !this.writer.isAhead()) this.flush()
    else if (this.#cancelTimer === undefined) {
      this.#openedAt = this.clock.monotonic()
      this.#flushIn(isAnswered ? ANSWERED_WAIT_MS : UNANSWERED_WAIT_MS)
    } else if (isAnswered && !this.#hasWaiters) this.#flushIn(ANSWERED_WAIT_MS)
    if (isAnswered) this.#hasWaiters = true
    return promise
  }

  #flushIn(ms: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.clock.after(ms, () => this.#flushAtPace())
  }

  #flushAtPace(): void {
    const hasTime = this.clock.monotonic() - this.#openedAt < HOLD_BACK_MS
    if (hasTime && this.writer.isAhead()) this.#flushIn(LOOK_MS)
    else this.flush()
  }

  /** Writes the group now. */
  flush(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const group = this.open()
    const truncated = this.#truncated
    const block = group.count > 0 ? group.take() : undefined
    const { resolve, reject } = this.#waiters
    const unanswered = this.#unanswered
    this.#waiters = createWaiters()
    this.#accepted = this.#truncated = this.#unanswered = 0
    this.#hasWaiters = false
    try {
      this.writer.write(block, truncated, unanswered)
      resolve()
    } catch (error) {
      reject(error)
    }
  }
}

function createWaiters() {
  const waiters = Promise.withResolvers<void>()
  // Nobody needs to wait for it.
  waiters.promise.catch(() => {})
  return waiters
}
