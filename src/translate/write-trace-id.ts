import type { Range } from '../otlp/span-view.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { literal } from './literal.ts'

const open = literal('"1-')

/** Writes a W3C trace id of 16 bytes as X-Ray has it, `"1-5759e988-bd862e3fe1be46a994272793"`. */
export function writeTraceId(w: DocumentWriter, bytes: Uint8Array, range: Range): void {
  const { start } = range
  const size = range.end - start
  w.raw(open)
  w.hex(bytes, start, Math.min(4, size))
  w.char(0x2d)
  if (size > 4) w.hex(bytes, start + 4, size - 4)
  w.quote()
}
