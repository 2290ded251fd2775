/** A frame of a stack trace, in X-Ray's form. */
export interface StackFrame {
  path: string
  line: number
  label: string
}

/** An exception, in X-Ray's form. */
export interface Exception {
  /** 16 hex digits. */
  id: string
  message: string
  type: string
  remote?: boolean
  /** The id of the exception that led to this one. */
  cause?: string
  stack?: StackFrame[]
  /** Frames that were left out. */
  truncated?: number
}

/** Frames and exceptions of one stack trace that are taken: with more no document fits into 64 KB. */
const MAX_FRAMES = 2048
const MAX_CHAIN = 256

/** Collects the exceptions of one stack trace: each one after the first caused the one before it. */
export class ExceptionChain {
  readonly exceptions: Exception[]
  #frames = 0

  constructor(top: Exception, private readonly newId: () => string) {
    this.exceptions = [top]
  }

  /** Adds a frame to the exception found last. */
  frame(path: string, line: number, label: string): void {
    const last = this.#last()
    if (this.#frames === MAX_FRAMES) {
      last.truncated = (last.truncated ?? 0) + 1
      return
    }
    this.#frames++
    last.stack ??= []
    last.stack.push({ path, line, label })
  }

  /** Adds the exception that caused the one found last. */
  causedBy(type: string, message: string): void {
    if (this.exceptions.length === MAX_CHAIN) return
    const last = this.#last()
    const next: Exception = { id: this.newId(), message, type }
    if (last.remote !== undefined) next.remote = last.remote
    last.cause = next.id
    this.exceptions.push(next)
  }

  #last(): Exception {
    return this.exceptions[this.exceptions.length - 1] as Exception // the constructor put one in
  }
}

/** The lines of a text, without their ends: LF or CRLF. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (lines[lines.length - 1] === '') lines.pop()
  return lines
}

/** The number in a text that is one, else 0. */
export function lineNumber(text: string): number {
  return /^[+-]?\d{1,9}$/.test(text) ? Number(text) : 0
}
