/** The size of a segment document that X-Ray takes, in bytes of UTF-8 JSON. */
export const MAX_DOCUMENT: number = 64 * 1024

/** The documents that one PutTraceSegments request takes. */
export const MAX_BATCH = 50
