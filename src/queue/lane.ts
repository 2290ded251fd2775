import type { Clock } from '../async/clock.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import { Backlog, type WaitingRows } from './backlog.ts'
import { Delivery, type DeliveryParts, type DeliverySettings, type DeliveryState } from './delivery.ts'
import type { HeldBlocks } from './held-blocks.ts'
import type { Sender } from './requests.ts'

/** What happens when `queue.maxBytes` wait for an exporter: clients wait, or its oldest documents are dropped. */
export type WhenFull = 'push-back' | 'drop-oldest'

/** How one exporter's part of the queue works. */
export interface LaneSettings extends DeliverySettings {
  readonly whenFull: WhenFull
  /** Bytes on disk that may wait. */
  readonly maxBytes: number
}

/** What a lane works with. */
export interface LaneParts extends Omit<DeliveryParts, 'backlog'> {
  readonly waiting: WaitingRows
  readonly blocks: HeldBlocks
}

/** How a lane is. */
export interface LaneState {
  readonly name: string
  /** Documents that are not delivered yet. */
  readonly documents: number
  /** Bytes on disk, of rows that are not wholly delivered. */
  readonly bytes: number
  /** Age of the oldest row that is not wholly delivered, in milliseconds; 0 if there is none. */
  readonly oldestMs: number
  readonly whenFull: WhenFull
  /** Clients must wait until it has delivered something. */
  readonly isFull: boolean
  readonly delivery: DeliveryState
}

/** While this many documents wait in memory though the exporter delivers, commits hold back. */
const PACE_DOCUMENTS = 3000
/** A lane that delivered nothing for this long holds no commits back, in milliseconds. */
const PACE_MS = 1000
/** When the oldest documents are dropped, so much of the bound remains; a lane that was full is reported to have room there. */
const REMAINING_SHARE = 0.9

/** One exporter's part of the queue: what waits for it, and its delivery. */
export class Lane {
  readonly backlog: Backlog
  readonly delivery: Delivery
  readonly report: ExporterReport
  readonly #clock: Clock
  #isReportedFull: boolean | undefined

  /** @param id the lane's number in the spool */
  constructor(
    readonly id: number,
    readonly name: string,
    private readonly parts: LaneParts,
    sender: Sender,
    private settings: LaneSettings,
  ) {
    this.report = parts.report
    this.#clock = parts.clock
    this.backlog = new Backlog(parts.waiting, parts.blocks)
    const acknowledge: LaneParts['acknowledge'] = (rows, dead) => {
      parts.acknowledge(rows, dead)
      this.reportRoom()
    }
    this.delivery = new Delivery({ ...parts, acknowledge, backlog: this.backlog }, sender, settings)
  }

  get state(): LaneState {
    return {
      name: this.name,
      documents: this.delivery.documents,
      bytes: this.backlog.bytes,
      oldestMs: this.#oldestMs,
      whenFull: this.settings.whenFull,
      isFull: this.isFull,
      delivery: this.delivery.state,
    }
  }

  get #oldestMs(): number {
    try {
      const oldest = this.backlog.oldestUndelivered()
      return oldest === undefined ? 0 : Math.max(0, this.#clock.wall() - oldest)
    } catch {
      // What cannot be read is reported when it must be sent.
      return 0
    }
  }

  /** True if clients must wait until it has delivered something. */
  get isFull(): boolean {
    return this.settings.whenFull === 'push-back' && this.backlog.bytes >= this.settings.maxBytes
  }

  /**
   * True while it delivers, more waits than it delivers soon, and all of that is in memory: to hold commits back keeps it
   * there. What is on disk alone must be read anyway, and clients gain nothing by waiting.
   */
  get isAhead(): boolean {
    return this.settings.whenFull === 'push-back' && this.backlog.documents > PACE_DOCUMENTS &&
      !this.backlog.isPartlyUnloaded && this.delivery.succeededWithin(PACE_MS)
  }

  /** Takes other settings, from now on. */
  configure(settings: LaneSettings): void {
    this.settings = settings
    this.delivery.configure(settings)
    this.reportRoom()
  }

  /** Reports it if clients must wait from now on, or need not any more. */
  reportRoom(): void {
    const { whenFull, maxBytes } = this.settings
    const isFull = this.isFull ||
      (this.#isReportedFull === true && whenFull === 'push-back' && this.backlog.bytes > maxBytes * REMAINING_SHARE)
    if (isFull === this.#isReportedFull) return
    this.#isReportedFull = isFull
    this.report.queueFull(isFull, this.backlog.bytes)
  }

  /** Documents were added: drops the oldest ones if it is full and the config says so. */
  dropOldest(): void {
    this.reportRoom()
    const { whenFull, maxBytes } = this.settings
    if (whenFull !== 'drop-oldest' || this.backlog.bytes < maxBytes) return
    try {
      const { rows, documents } = this.backlog.dropOldest(maxBytes * REMAINING_SHARE)
      if (rows.length === 0) return
      this.report.oldestDropped(documents)
      this.parts.acknowledge(rows)
    } catch (error) {
      this.report.problem('error', 'spool', `Cannot drop the oldest documents: ${errorMessage(error)}`)
    }
  }
}
