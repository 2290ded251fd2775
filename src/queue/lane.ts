import type { Clock } from '../async/clock.ts'
import type { ExporterReport } from '../telemetry/exporter-report.ts'
import { Backlog, type WaitingRows } from './backlog.ts'
import type { DeadBatch } from './dead-letter-policy.ts'
import { Delivery, type DeliverySettings, type DeliveryState, type Sender } from './delivery.ts'
import type { HeldBlocks } from './held-blocks.ts'

/** What happens when `queue.maxBytes` wait for an exporter: clients wait, or its oldest documents go. */
export type WhenFull = 'push-back' | 'drop-oldest'

/** How one exporter's part of the queue works. */
export interface LaneSettings extends DeliverySettings {
  readonly whenFull: WhenFull
  /** Bytes on disk that may wait. */
  readonly maxBytes: number
}

/** What a lane works with. */
export interface LaneParts {
  readonly waiting: WaitingRows
  readonly blocks: HeldBlocks
  readonly report: ExporterReport
  readonly clock: Clock
  /** Takes rows that the lane is done with, and documents that become dead letters. */
  readonly settle: (rows: readonly number[], dead?: DeadBatch) => void
}

/** How a lane is. */
export interface LaneState {
  readonly name: string
  /** Documents that are not delivered yet. */
  readonly documents: number
  /** Bytes on disk, of rows that are not wholly delivered. */
  readonly bytes: number
  /** Age of the oldest waiting row, in milliseconds; 0 if none waits. */
  readonly oldestMs: number
  readonly whenFull: WhenFull
  readonly delivery: DeliveryState
}

/** While this many documents wait though the exporter delivers, commits hold back. */
const PACE_DOCUMENTS = 3000
/** A lane that delivered nothing for this long holds no commits back, in milliseconds. */
const PACE_MS = 1000
/** When the oldest documents go, so much of the bound is kept. */
const KEPT_SHARE = 0.9

/** One exporter's part of the queue: what waits for it, and its delivery. */
export class Lane {
  readonly backlog: Backlog
  readonly delivery: Delivery
  readonly report: ExporterReport

  /** @param id the lane's number in the spool */
  constructor(
    readonly id: number,
    readonly name: string,
    private readonly parts: LaneParts,
    sender: Sender,
    private settings: LaneSettings,
  ) {
    const { waiting, blocks, report, clock, settle } = parts
    this.report = report
    this.backlog = new Backlog(waiting, blocks)
    this.delivery = new Delivery({ backlog: this.backlog, report, clock, settle }, sender, settings)
  }

  get state(): LaneState {
    const oldest = this.backlog.oldest()
    return {
      name: this.name,
      documents: this.delivery.documents,
      bytes: this.backlog.bytes,
      oldestMs: oldest === undefined ? 0 : Math.max(0, this.parts.clock.wall() - oldest),
      whenFull: this.settings.whenFull,
      delivery: this.delivery.state,
    }
  }

  /** True if clients must wait until it has delivered something. */
  get isFull(): boolean {
    return this.settings.whenFull === 'push-back' && this.backlog.bytes >= this.settings.maxBytes
  }

  /** True while it delivers, and more waits than it delivers soon. */
  get isAhead(): boolean {
    return this.settings.whenFull === 'push-back' && this.backlog.documents > PACE_DOCUMENTS &&
      this.delivery.succeededWithin(PACE_MS)
  }

  /** Takes other settings, from now on. */
  configure(settings: LaneSettings): void {
    this.settings = settings
    this.delivery.configure(settings)
  }

  /** Gives up the oldest documents if it is full and the config says so. */
  dropOldest(): void {
    const { whenFull, maxBytes } = this.settings
    if (whenFull !== 'drop-oldest' || this.backlog.bytes < maxBytes) return
    const { rows, documents } = this.backlog.dropOldest(maxBytes * KEPT_SHARE)
    if (rows.length === 0) return
    this.report.oldestDropped(documents)
    this.parts.settle(rows)
  }
}
