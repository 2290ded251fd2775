import type { DocumentBlock } from '../component/batch.ts'
import { DocumentGroup } from '../segment/document-group.ts'

/** Lays documents out as one block. @param documents JSON strings, with their quotes */
export function documentBlock(documents: readonly Uint8Array[]): DocumentBlock {
  const group = new DocumentGroup()
  for (const document of documents) {
    group.begin()
    group.writer.raw(document.subarray(1, -1))
    group.end(0)
  }
  return group.take()
}
