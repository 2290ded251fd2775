/** The largest segment document that X-Ray takes, in bytes of UTF-8 JSON. */
export const MAX_DOCUMENT: number = 64 * 1024

/** The most documents that one PutTraceSegments request takes. */
export const MAX_BATCH = 50

/** The most annotations that X-Ray indexes for one trace. */
export const MAX_ANNOTATIONS = 50
