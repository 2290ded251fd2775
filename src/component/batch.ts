/** Documents laid out as they stand in a PutTraceSegments body: `"…","…"`, so that a request is a copy of a part. */
export interface DocumentBlock {
  /** JSON strings, with a comma between them. */
  readonly bytes: Uint8Array
  /** Where each document ends in {@link bytes}, after its closing quote. */
  readonly ends: Uint32Array
  /** A hash of each document's trace, so that the segments of a trace are sent together; 0 if it is not known. */
  readonly traces: Uint32Array
}

/** Consecutive documents of a block: from the index `from` up to `to`, exclusive. */
export interface BatchPart<B extends DocumentBlock = DocumentBlock> {
  readonly block: B
  readonly from: number
  readonly to: number
}

/** What is sent in one request. */
export interface Batch<B extends DocumentBlock = DocumentBlock> {
  readonly parts: readonly BatchPart<B>[]
  /** Documents in all parts. */
  readonly count: number
}

/** Where a document starts in its block, with its opening quote. */
export function documentStart(block: DocumentBlock, index: number): number {
  return index === 0 ? 0 : (block.ends[index - 1] ?? 0) + 1
}

/** The bytes of a part: JSON strings with a comma between them. */
export function partBytes({ block, from, to }: BatchPart): Uint8Array {
  return block.bytes.subarray(documentStart(block, from), block.ends[to - 1] ?? 0)
}

/** Each document of a batch as a JSON string, in order. */
export function documentsOf(batch: Batch): Uint8Array[] {
  const documents: Uint8Array[] = []
  for (const { block, from, to } of batch.parts) {
    for (let i = from; i < to; i++) documents.push(block.bytes.subarray(documentStart(block, i), block.ends[i] ?? 0))
  }
  return documents
}

/** A batch of some documents of a batch. @param indexes their places in `batch`, ascending */
export function pickFromBatch<B extends DocumentBlock>(batch: Batch<B>, indexes: readonly number[]): Batch<B> {
  const wanted = new Set(indexes)
  const parts: BatchPart<B>[] = []
  let at = 0
  for (const { block, from, to } of batch.parts) {
    for (let i = from; i < to; i++, at++) if (wanted.has(at)) parts.push({ block, from: i, to: i + 1 })
  }
  return { parts, count: parts.length }
}

const decoder = new TextDecoder()

/** A document's JSON text. @param document a JSON string, as {@link documentsOf} returns it */
export function documentText(document: Uint8Array): string {
  return String(JSON.parse(decoder.decode(document)))
}
