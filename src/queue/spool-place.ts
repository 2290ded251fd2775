import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { attempt } from '../errors/attempt.ts'
import { errorMessage } from '../errors/error-message.ts'
import { OpenMarker } from './open-marker.ts'

/** Where the files of an open spool are, to notice if others take their place. */
export class SpoolPlace {
  readonly marker: OpenMarker
  readonly #file: string | undefined
  #log: string | undefined

  /** @param path the spool's file, which is open */
  constructor(private readonly path: string) {
    const first = identityOf(path)
    // Some network file systems have another number each time, which says nothing.
    this.#file = first === identityOf(path) ? first : undefined
    this.#log = identityOf(`${path}-wal`)
    this.marker = new OpenMarker(path)
    this.marker.update()
  }

  /** True if the file has the name that it was opened by. */
  get hasFile(): boolean {
    return this.#file === undefined ? existsSync(this.path) : identityOf(this.path) === this.#file
  }

  /** What is not where it was, as the beginning of a sentence; undefined if all is. */
  lost(): string | undefined {
    if (!this.hasFile) return `"${this.path}" was ${existsSync(this.path) ? 'replaced by another file' : 'removed'}`
    const log = identityOf(`${this.path}-wal`)
    // The first write creates it.
    this.#log ??= log
    if (this.#file === undefined || log === this.#log) {
      this.marker.update()
      return undefined
    }
    return `"${this.path}-wal" was ${log === undefined ? 'removed' : 'replaced by another file'}`
  }

  /** Why the next start could not write the file; undefined if it could. */
  unwritable(): string | undefined {
    try {
      for (const path of [this.path, dirname(this.path)]) accessSync(path, constants.W_OK)
      return undefined
    } catch (error) {
      return errorMessage(error)
    }
  }
}

function identityOf(path: string): string | undefined {
  const found = attempt(() => statSync(path))
  return found === undefined ? undefined : `${found.dev}:${found.ino}`
}
