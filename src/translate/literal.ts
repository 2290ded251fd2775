import { embedText } from '../segment/embed-text.ts'

/** A piece of JSON that many documents have, in embedded form. */
export const literal = (json: string): Uint8Array => embedText(json)

/** The pieces that more than one part of the translation writes. */
export const L = {
  comma: 0x2c,
  colon: 0x3a,
  open: 0x7b,
  close: 0x7d,
  openList: 0x5b,
  closeList: 0x5d,
  true: literal('true'),
  false: literal('false'),
  null: literal('null'),
} as const
