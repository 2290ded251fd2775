import type { Lane } from './lane.ts'

/** A lane whose exporter was removed, until its requests have ended. */
interface EndingLane {
  readonly lane: Lane
  readonly ended: Promise<void>
}

/** The lanes of the exporters that are open, and those of removed ones whose requests have not ended. */
export class LaneSet {
  readonly #lanes = new Map<string, Lane>()
  readonly #ending = new Map<string, EndingLane>()
  #list: readonly Lane[] = []
  #ids: readonly number[] = []

  /** The lanes that documents are written for. */
  get list(): readonly Lane[] {
    return this.#list
  }

  /** All that have rows in memory. */
  get inMemory(): Lane[] {
    return [...this.#list, ...this.ending]
  }

  /** Those of removed exporters whose requests have not ended. */
  get ending(): Lane[] {
    return [...this.#ending.values()].map(({ lane }) => lane)
  }

  /** The numbers of the lanes that documents are written for. */
  get ids(): readonly number[] {
    return this.#ids
  }

  get names(): string[] {
    return [...this.#lanes.keys()]
  }

  /** A lane for which clients must wait; undefined if there is none. */
  get full(): Lane | undefined {
    for (const lane of this.#list) if (lane.isFull) return lane
    return undefined
  }

  /** True while a lane delivers, and more waits for it in memory than it delivers soon. */
  get isAhead(): boolean {
    for (const lane of this.#list) if (lane.isAhead) return true
    return false
  }

  /** True if nothing waits for any of them, and nothing is in flight. */
  get isIdle(): boolean {
    for (const lane of this.#list) if (!lane.delivery.isDone) return false
    return this.#ending.size === 0
  }

  get(name: string): Lane | undefined {
    return this.#lanes.get(name)
  }

  isEnding(name: string): boolean {
    return this.#ending.has(name)
  }

  /** Resolves once no lane of this name ends any more, or of any name. */
  async ended(name?: string): Promise<void> {
    const ending = name === undefined ? [...this.#ending.values()] : [this.#ending.get(name)]
    await Promise.all(ending.map((lane) => lane?.ended))
  }

  add(lane: Lane): void {
    this.#lanes.set(lane.name, lane)
    this.#changed()
  }

  /** Takes a lane out, which then ends. @param end what must happen until it has ended */
  async remove(lane: Lane, end: () => Promise<void>): Promise<void> {
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    this.#lanes.delete(lane.name)
    this.#ending.set(lane.name, { lane, ended })
    this.#changed()
    try {
      await end()
    } finally {
      this.#ending.delete(lane.name)
      resolve()
    }
  }

  #changed(): void {
    this.#list = [...this.#lanes.values()]
    this.#ids = this.#list.map(({ id }) => id)
  }
}
