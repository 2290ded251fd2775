/** Time limits for many short attempts with a single timer: a timer per attempt cost 3 of 56 µs. */
export class Deadlines {
  readonly #attempts = new Map<AbortController, number>()
  readonly #listened = new WeakSet<AbortSignal>()
  #timer: ReturnType<typeof setInterval> | undefined

  /** @param limitMs how long an attempt may take; it is checked four times in that period */
  constructor(private readonly limitMs: number) {}

  /** Starts an attempt, which is aborted at its limit or with `signal`. */
  begin(signal: AbortSignal): AbortController {
    const attempt = new AbortController()
    if (signal.aborted) attempt.abort()
    if (!this.#listened.has(signal)) {
      this.#listened.add(signal)
      signal.addEventListener('abort', () => this.#abortAll(), { once: true })
    }
    this.#attempts.set(attempt, performance.now() + this.limitMs)
    this.#timer ??= setInterval(() => this.#sweep(), Math.max(1, this.limitMs / 4))
    return attempt
  }

  /** Ends an attempt. */
  end(attempt: AbortController): void {
    this.#attempts.delete(attempt)
  }

  /** Aborts the attempts that go on: nothing would look after them any more. */
  stop(): void {
    this.#abortAll()
    this.#stopTimer()
  }

  #stopTimer(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #abortAll(): void {
    for (const attempt of this.#attempts.keys()) attempt.abort()
  }

  #sweep(): void {
    const now = performance.now()
    for (const [attempt, due] of this.#attempts) if (now >= due) attempt.abort()
    if (this.#attempts.size === 0) this.#stopTimer()
  }
}
