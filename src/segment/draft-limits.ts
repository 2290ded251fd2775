import { MAX_DOCUMENT } from './limits.ts'

/** How much of a document is written before it is fitted into 64 KB. What is longer could not stay in it anyway. */
export interface DraftLimits {
  /** Bytes of UTF-8 that are taken of a text. */
  readonly maxText: number
  /** Bytes of escaped JSON from which on a part of the document, such as its links or metadata, takes no more items. */
  readonly maxPart: number
  /** Exceptions and frames of each that are written. */
  readonly maxExceptions: number
  readonly maxFrames: number
}

/** A document that is fitted afterwards. A cut text makes it too long, so that fitting it notes the cut. */
export const fullDraft: DraftLimits = {
  maxText: MAX_DOCUMENT,
  maxPart: 2 * MAX_DOCUMENT,
  maxExceptions: Infinity,
  maxFrames: Infinity,
}

/** A document that fits as it is written: for requests whose documents take more work than their bytes can justify. */
export const briefDraft: DraftLimits = { maxText: 256, maxPart: 4096, maxExceptions: 2, maxFrames: 4 }
