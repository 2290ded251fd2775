import { type Batch, documentsOf } from '../../src/component/batch.ts'
import type { ExportError } from '../../src/component/export-error.ts'

/** What a backend answers: nothing if it accepts a batch. */
export type Answer = ExportError | undefined

const decoder = new TextDecoder()

/** The texts of a batch's documents. */
export function textsOf(batch: Batch | undefined): string[] {
  return batch === undefined ? [] : documentsOf(batch).map((document) => decoder.decode(document).slice(1, -1))
}

/** A backend, and what a test wants it to answer. */
export class FakeSender {
  /** What it was sent, each request as the texts of its documents. */
  readonly requests: string[][] = []
  /** What it accepted, in order. */
  readonly accepted: string[] = []
  /** Requests that are in flight. */
  inFlight = 0
  /** Decides what a request is answered. */
  answer: (texts: readonly string[]) => Answer | Promise<Answer>

  /** @param answer decides what a request is answered; else each is accepted */
  constructor(answer: (texts: readonly string[]) => Answer | Promise<Answer> = () => undefined) {
    this.answer = answer
  }

  async send(batch: Batch, signal: AbortSignal): Promise<void> {
    const texts = textsOf(batch)
    this.requests.push(texts)
    this.inFlight++
    try {
      const error = await Promise.race([this.answer(texts), whenAborted(signal)])
      const failed = error?.kind === 'partial' ? new Set(error.failed.map(({ index }) => index)) : undefined
      if (error === undefined || failed !== undefined) {
        this.accepted.push(...texts.filter((_, i) => failed?.has(i) !== true))
      }
      if (error !== undefined) throw error
    } finally {
      this.inFlight--
    }
  }

  /** Answers no request any more, and ends none, until it is called. @returns answers those that wait */
  hang(): (answer?: Answer) => void {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    this.answer = () => promise
    return (answer) => {
      this.answer = () => undefined
      resolve(answer)
    }
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(new Error('aborted')))
  return promise
}
