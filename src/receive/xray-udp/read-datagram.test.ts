import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDatagram } from './read-datagram.ts'

const HEADER = '{"format": "json", "version": 1}\n'
const read = (text: string): string => {
  const document = readDatagram(Buffer.from(text))
  return typeof document === 'string' ? document : `document ${new TextDecoder().decode(document)}`
}

test('readDatagram() returns the document after the header, without surrounding white space', () => {
  assert.equal(read(`${HEADER}\r\n {"a": 1}\n`), 'document {"a": 1}')
  assert.equal(read('{"version":1,"format":"JSON","x":0}\r\n[{"a":1}]'), 'document [{"a":1}]')
})

test('readDatagram() says why there is no document', () => {
  assert.match(read('x'), /no header line/)
  assert.match(read('x\n{}'), /header line is not JSON$/)
  assert.match(read('1\n{}'), /not a JSON object/)
  assert.match(read('{"format":"xml","version":1}\n{}'), /another format/)
  assert.match(read('{"format":"json","version":2}\n{}'), /another version/)
  assert.match(read(HEADER), /no header line|no document/)
  assert.match(read(`${HEADER}text`), /not a JSON object or array/)
  assert.match(read(`${HEADER}{"a":}`), /document is not JSON$/)
})

test('readDatagram() refuses what is nested deeper than readers of JSON go, and long header lines', () => {
  const nested = (levels: number): string => `${HEADER}{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`
  assert.match(read(nested(499)), /^document /)
  assert.match(read(nested(500)), /nested deeper than 500 levels$/)
  assert.match(read(nested(30_000)), /nested deeper than 500 levels$/)
  assert.match(read(`${'['.repeat(30_000)}\n{}`), /header line has over 1000 bytes$/)
})
