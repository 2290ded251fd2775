import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type Batch, documentText } from '../../src/component/batch.ts'
import { ExportError } from '../../src/component/export-error.ts'
import { attempt } from '../../src/errors/attempt.ts'
import type { QueueSettings } from '../../src/queue/queue.ts'
import { spoolPath } from '../../src/queue/spool-file.ts'
import { FakeClock } from './fake-clock.ts'
import { type Answer, textsOf } from './fake-sender.ts'
import { Random } from './random.ts'
import { DAMAGED, DISK_FULL, failSqlite, repairSqlite } from './sqlite-faults.ts'
import { checkStoredLanes } from './check-stored-lanes.ts'
import { TestQueue } from './test-queue.ts'
import { spoolFolder } from './test-spool.ts'

const NAMES = ['xray', 'audit', 'tempo'] as const
type Mood = 'accept' | 'fail' | 'throttle' | 'reject' | 'partial' | 'hang' | 'throw'
const MOODS: readonly Mood[] = ['accept', 'accept', 'fail', 'throttle', 'reject', 'partial', 'hang', 'throw']

/** What may happen in a run. */
export interface ModelOptions {
  /** The disk is full, files are damaged, the process is killed, requests are aborted: documents may be sent twice. */
  readonly hasFaults: boolean
  /** Exporters drop their oldest documents when they are full. */
  readonly dropsOldest: boolean
}

/** What one exporter must have got, and has got. */
class Ledger {
  mood: Mood = 'accept'
  /** Documents that were committed while it was there, or moved to it. */
  readonly expected = new Set<string>()
  readonly delivered = new Map<string, number>()
  /** Documents that may be missing: they were on disk where it was damaged, or a person dropped them. */
  readonly mayBeMissing = new Set<string>()
  /** Documents that were moved to it though it had them before. */
  readonly mayRepeat = new Set<string>()
  /** Ends requests that hang. */
  release: () => void = () => {}
}

/** A queue, random things that happen to it, and what must be true of it in the end. */
export class QueueModel {
  readonly #random: Random
  readonly #ledgers = new Map(NAMES.map((name) => [name as string, new Ledger()]))
  #test: TestQueue
  #dir = spoolFolder()
  #documents = 0
  /** Documents that were dropped or became dead letters, before the queue was last opened. */
  #dropped = 0
  #incarnation = 0
  readonly steps: string[] = []

  constructor(seed: number, private readonly options: ModelOptions) {
    this.#random = new Random(seed)
    this.#test = this.#open(new FakeClock())
  }

  /** Lets random things happen, then makes everything work, and checks what became of each document. */
  async run(steps: number): Promise<void> {
    await this.#addLane('xray')
    this.#test.queue.start()
    for (let i = 0; i < steps; i++) {
      await this.#step()
      this.#checkCounts()
    }
    await this.#heal()
    this.#checkEnd()
  }

  #open(clock: FakeClock): TestQueue {
    const settings: Partial<QueueSettings> = {
      dir: this.#dir,
      maxBytes: this.options.dropsOldest ? 4000 : 100_000,
      maxMemory: [0, 2000, 1 << 20][this.#random.below(3)] ?? 0,
      maxAgeMs: 60_000,
      batchWaitMs: 200,
      backOff: { firstMs: 50, longestMs: 2000 },
    }
    return new TestQueue(settings, { clock, exporters: NAMES })
  }

  get #active(): string[] {
    return this.#test.queue.state.lanes.map(({ name }) => name)
  }

  get #absent(): string[] {
    return NAMES.filter((name) => !this.#active.includes(name))
  }

  #ledger(name: string): Ledger {
    const ledger = this.#ledgers.get(name)
    assert.ok(ledger !== undefined)
    return ledger
  }

  async #step(): Promise<void> {
    const random = this.#random
    const steps: [number, string, () => void | Promise<void>][] = [
      [30, 'commit', () => this.#commit()],
      [20, 'advance', () => this.#test.clock.advance(random.below(1500))],
      [10, 'mood', () => this.#changeMood()],
      [4, 'add', () => this.#addLane(random.pick(this.#absent))],
      [3, 'remove', () => this.#removeLane(random.pick(this.#active))],
      [2, 'only', () => this.#removeAllBut(random.pick(this.#active))],
      [2, 'bounce', () => this.#bounce(random.pick(this.#active))],
      [3, 'replace', () => this.#replaceSender(random.pick(this.#active))],
      [2, 'configure', () => this.#configure()],
      [2, 'restart', () => this.#restart()],
      [3, 'redrive', () => this.#redrive()],
      [1, 'dropDeadLetters', () => this.#dropDeadLetters()],
      [2, 'move', () => this.#move(random.pick(this.#absent), random.pick(this.#active))],
      [1, 'dropRemoved', () => this.#dropRemoved(random.pick(this.#absent))],
      ...(this.options.hasFaults ? this.#faults() : []),
    ]
    let ticket = random.below(steps.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, name, step] of steps) {
      if ((ticket -= weight) >= 0) continue
      this.steps.push(name)
      return await step()
    }
  }

  #faults(): [number, string, () => void | Promise<void>][] {
    return [
      [3, 'disk full', () => failSqlite('commit', DISK_FULL, { times: 1 + this.#random.below(10) })],
      [2, 'damage', () => failSqlite('begin', DAMAGED, { times: 1 })],
      [3, 'repair', repairSqlite],
      [3, 'kill', () => this.#kill(false)],
      [2, 'kill and damage', () => this.#kill(true)],
    ]
  }

  async #commit(): Promise<void> {
    const texts = Array.from({ length: 1 + this.#random.below(80) }, () => `d${this.#documents++}`)
    const active = this.#active
    try {
      await this.#test.commit(texts, this.#random.isTrue(0.7))
    } catch {
      return
    }
    for (const name of active) for (const text of texts) this.#ledger(name).expected.add(text)
  }

  #changeMood(): void {
    const ledger = this.#ledger(this.#random.pick(NAMES) ?? 'xray')
    ledger.mood = this.#random.pick(MOODS) ?? 'accept'
    ledger.release()
  }

  /** Counts what an exporter accepts, unless the process that sent it was killed. */
  #senderOf(name: string) {
    const ledger = this.#ledger(name)
    const incarnation = this.#incarnation
    return {
      send: async (batch: Batch, signal: AbortSignal): Promise<void> => {
        const texts = textsOf(batch)
        const answer = await this.#answer(ledger, texts, signal)
        if (incarnation !== this.#incarnation) return await new Promise(() => {})
        const failed = new Set(answer?.failed.map(({ index }) => index))
        if (answer === undefined || answer.kind === 'partial') {
          for (const [i, text] of texts.entries()) {
            if (!failed.has(i)) ledger.delivered.set(text, 1 + (ledger.delivered.get(text) ?? 0))
          }
        }
        if (answer !== undefined) throw answer
      },
    }
  }

  #answer(ledger: Ledger, texts: readonly string[], signal: AbortSignal): Answer | Promise<Answer> {
    switch (ledger.mood) {
      case 'accept':
        return undefined
      case 'fail':
        return new ExportError('retryable', 'away', { retryAfterMs: this.#random.below(500) })
      case 'throttle':
        return new ExportError('retryable', 'slow down', { isThrottle: true })
      case 'reject':
        return texts.some(isRejected) ? new ExportError('permanent', 'no good') : undefined
      case 'partial':
        return partialAnswer(texts)
      case 'throw':
        throw new Error('the connection was closed')
      case 'hang':
        return new Promise((resolve, reject) => {
          const { release } = ledger
          ledger.release = () => {
            release()
            resolve(undefined)
          }
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        })
    }
  }

  async #addLane(name: string | undefined): Promise<void> {
    if (name === undefined) return
    const whenFull = this.options.dropsOldest ? 'drop-oldest' : 'push-back'
    const options = { concurrency: 1 + this.#random.below(4), whenFull } as const
    const added = this.#test.queue.addLane(name, this.#senderOf(name), options)
    // If the disk is full, the spool may not be there.
    await (this.options.hasFaults ? added.catch(() => {}) : added)
  }

  async #removeLane(name: string | undefined): Promise<void> {
    if (name === undefined || this.#active.length < 2) return
    const removed = this.#test.queue.removeLane(name, this.#deadline())
    this.#ledger(name).release()
    await Promise.all([removed, this.#test.clock.advance(10)])
  }

  /** From now on blocks wait for one exporter alone, until another one is added. */
  async #removeAllBut(kept: string | undefined): Promise<void> {
    for (const name of this.#active) if (name !== kept) await this.#removeLane(name)
  }

  /** Removes an exporter that is back before its requests have ended. */
  async #bounce(name: string | undefined): Promise<void> {
    if (name === undefined || this.#active.length < 2) return
    const removed = this.#test.queue.removeLane(name, this.#deadline())
    const added = this.#addLane(name)
    this.#ledger(name).release()
    await Promise.all([removed, added, this.#test.clock.advance(10)])
  }

  /** A signal that aborts what is in flight, if faults may happen. */
  #deadline(): AbortSignal {
    return this.options.hasFaults ? AbortSignal.abort() : new AbortController().signal
  }

  async #replaceSender(name: string | undefined): Promise<void> {
    if (name === undefined) return
    const replaced = this.#test.queue.replaceSender(name, this.#senderOf(name), this.#deadline())
    this.#ledger(name).release()
    await Promise.all([replaced, this.#test.clock.advance(10)])
  }

  #configure(): void {
    const { settings, queue } = this.#test
    const whenFull = this.options.dropsOldest ? 'drop-oldest' : 'push-back'
    const concurrency = 1 + this.#random.below(8)
    const maxMemory = [0, 2000, 1 << 20][this.#random.below(3)] ?? 0
    queue.configure({ ...settings, maxMemory }, new Map(NAMES.map((name) => [name, { concurrency, whenFull }])))
  }

  async #restart(): Promise<void> {
    const { clock, queue } = this.#test
    const active = this.#active
    const deadline = new AbortController()
    const stopped = queue.stop(this.options.hasFaults ? AbortSignal.abort() : deadline.signal)
    await clock.advance(10)
    // What hangs is not accepted.
    deadline.abort()
    await stopped
    await this.#reopen(active)
  }

  /** Ends the process at once: what is on disk now is all that is left. */
  async #kill(isDamaged: boolean): Promise<void> {
    const active = this.#active
    const copy = spoolFolder()
    cpSync(this.#dir, copy, { recursive: true })
    this.#dir = copy
    checkStoredLanes(copy)
    this.#incarnation++
    if (isDamaged) this.#damageBlock()
    await this.#reopen(active)
  }

  /** Makes a block malformed, so that its documents may be missing. */
  #damageBlock(): void {
    const db = new DatabaseSync(spoolPath(this.#dir))
    const ids = db.prepare('SELECT id, bytes FROM blocks').all()
    const block = this.#random.pick(ids)
    if (block !== undefined && block['bytes'] instanceof Uint8Array) {
      const documents: string[] = JSON.parse(`[${new TextDecoder().decode(block['bytes'])}]`)
      for (const ledger of this.#ledgers.values()) for (const text of documents) ledger.mayBeMissing.add(text)
      db.prepare("UPDATE blocks SET ends = X'01000000', traces = X'00000000' WHERE id = ?").run(Number(block['id']))
    }
    db.close()
  }

  async #reopen(active: readonly string[]): Promise<void> {
    this.#dropped += this.#droppedNow
    repairSqlite()
    this.#test = this.#open(new FakeClock(this.#test.clock.wall()))
    for (const name of active) await this.#addLane(name)
    this.#test.queue.start()
  }

  get #droppedNow(): number {
    return this.#test.log.events.exporters.reduce((sum, { counters }) => sum + counters.dropped.of('queue-full'), 0)
  }

  /** The documents of dead letters, by exporter. */
  get #deadLetters(): { id: number; exporter: string; text: string }[] {
    return this.#test.queue.admin.deadLetters(0, 1e9)
      .map(({ id, exporter, document }) => ({ id, exporter, text: documentText(document) }))
  }

  async #redrive(): Promise<void> {
    const chosen = (attempt(() => this.#deadLetters) ?? []).filter(({ exporter }) => this.#active.includes(exporter))
    await this.#test.queue.admin.redrive(chosen.map(({ id }) => id)).catch(() => {})
  }

  async #dropDeadLetters(): Promise<void> {
    const chosen = (attempt(() => this.#deadLetters) ?? []).filter(() => this.#random.isTrue(0.3))
    for (const { exporter, text } of chosen) this.#ledger(exporter).mayBeMissing.add(text)
    await this.#test.queue.admin.dropDeadLetters(chosen.map(({ id }) => id)).catch(() => {})
  }

  async #move(from: string | undefined, to: string | undefined): Promise<void> {
    if (from === undefined || to === undefined) return
    const [source, target] = [this.#ledger(from), this.#ledger(to)]
    const moving = this.#test.queue.admin.moveRemoved(from, to).then(() => true, () => false)
    // It may be back before all is moved.
    if (this.#random.isTrue(0.3)) await this.#addLane(from)
    const isMoved = await moving
    for (const text of source.expected) {
      if (source.delivered.has(text)) {
        // If the process was killed after the delivery, or it was moved there, it may wait again, and is moved too.
        if (source.mayRepeat.has(text) && target.expected.has(text)) target.mayRepeat.add(text)
        if ((this.options.hasFaults || source.mayRepeat.has(text)) && !target.expected.has(text)) {
          target.expected.add(text)
          target.mayBeMissing.add(text)
        }
        continue
      }
      if (target.expected.has(text)) target.mayRepeat.add(text)
      target.expected.add(text)
      if (source.mayBeMissing.has(text)) target.mayBeMissing.add(text)
      if (isMoved) source.expected.delete(text)
      else for (const ledger of [source, target]) ledger.mayBeMissing.add(text)
    }
  }

  async #dropRemoved(name: string | undefined): Promise<void> {
    if (name === undefined) return
    const ledger = this.#ledger(name)
    for (const text of ledger.expected) ledger.mayBeMissing.add(text)
    await this.#test.queue.admin.dropRemoved(name).catch(() => {})
  }

  /** What the state says must be what the ledgers say, as far as they know. */
  #checkCounts(): void {
    for (const lane of this.#test.queue.state.lanes) {
      assert.ok(lane.documents >= 0 && lane.bytes >= 0, `${lane.name}: ${lane.documents}, ${lane.bytes} bytes`)
      assert.equal(lane.documents === 0, lane.bytes === 0, `${lane.name}: ${lane.documents}, ${lane.bytes} bytes`)
    }
  }

  async #heal(): Promise<void> {
    repairSqlite()
    for (const ledger of this.#ledgers.values()) {
      ledger.mood = 'accept'
      ledger.release()
    }
    for (const name of this.#absent) await this.#addLane(name)
    await this.#test.clock.advance(60_000)
  }

  #checkEnd(): void {
    const dead = this.#deadLetters
    let missing = 0
    for (const [name, { expected, delivered, mayBeMissing, mayRepeat }] of this.#ledgers) {
      const deadHere = new Set(dead.filter(({ exporter }) => exporter === name).map(({ text }) => text))
      for (const text of expected) {
        if (!delivered.has(text) && !deadHere.has(text) && !mayBeMissing.has(text)) missing++
      }
      for (const [text, times] of delivered) {
        assert.ok(expected.has(text), `${name} was sent ${text}, which it must not have`)
        const isOnce = times === 1 || this.options.hasFaults || mayRepeat.has(text)
        assert.ok(isOnce, `${name} was sent ${text} ${times} times`)
      }
    }
    const dropped = this.#dropped + this.#droppedNow
    if (this.options.dropsOldest) assert.ok(missing <= dropped, `${missing} are missing, ${dropped} were dropped`)
    else assert.equal(missing, 0, `${missing} documents are missing`)
    const { lanes } = this.#test.queue.state
    assert.deepEqual(lanes.map(({ documents, bytes }) => [documents, bytes]), lanes.map(() => [0, 0]))
  }

  /** Releases the spool. */
  async close(): Promise<void> {
    repairSqlite()
    await this.#test.stop()
  }
}

/** Documents that are rejected where any are: one in eleven. */
function isRejected(text: string): boolean {
  return Number(text.slice(1)) % 11 === 0
}

/** One in seven is not processed, of which some can be sent again. */
function partialAnswer(texts: readonly string[]): Answer {
  const failed = texts.flatMap((text, index) => {
    const number = Number(text.slice(1))
    return number % 7 === 0 ? [{ index, isRetryable: number % 2 === 0, code: 'Code', reason: 'not now' }] : []
  })
  return failed.length === 0 ? undefined : new ExportError('partial', 'some failed', { failed })
}
