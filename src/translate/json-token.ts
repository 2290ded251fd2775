import { escapeJson } from '../segment/escape-json.ts'

/** The tokens of JSON that more than one writer needs: ASCII codes of punctuation, and words as escaped JSON. */
export const JsonToken = {
  comma: 0x2c,
  colon: 0x3a,
  openObject: 0x7b,
  closeObject: 0x7d,
  openArray: 0x5b,
  closeArray: 0x5d,
  true: escapeJson('true'),
  false: escapeJson('false'),
  null: escapeJson('null'),
} as const
