import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { attempt } from '../errors/attempt.ts'

/**
 * A file next to a spool that says how large its write-ahead log is, as long as the spool is open. If the process is
 * killed it stays, so that the next start notices a log that has become shorter, or is gone.
 */
export class OpenMarker {
  readonly #file: string
  #bytes = -1

  /** @param path the spool's file */
  constructor(private readonly path: string) {
    this.#file = markerPath(path)
  }

  /** Remembers how large the log is. */
  update(): void {
    this.#write(logBytes(this.path) ?? 0)
  }

  /** The log may become shorter. */
  reset(): void {
    this.#write(0)
  }

  #write(bytes: number): void {
    if (bytes === this.#bytes) return
    this.#bytes = bytes
    attempt(() => writeFileSync(this.#file, `${bytes}\n`, { mode: 0o600 }))
  }

  /** The log goes, as it does when the spool is closed. */
  remove(): void {
    attempt(() => rmSync(this.#file, { force: true }))
  }
}

/** How large the log of a spool was when it was last open; undefined if it was closed in order. */
export function markedBytes(path: string): number | undefined {
  const bytes = Number(attempt(() => readFileSync(markerPath(path), 'utf8')) ?? Number.NaN)
  return Number.isFinite(bytes) ? bytes : undefined
}

/** How large the log of a spool is; undefined if there is none. */
export function logBytes(path: string): number | undefined {
  return attempt(() => statSync(`${path}-wal`).size)
}

function markerPath(path: string): string {
  return `${path}.open`
}
