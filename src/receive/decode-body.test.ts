import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { decodeBody } from './decode-body.ts'

const zeros = (size: number) => new Uint8Array(gzipSync(new Uint8Array(size)))

test('decodeBody() unpacks up to the limit, by both ways', () => {
  assert.equal(decodeBody('gzip', zeros(1000), 20 << 20).length, 1000)
  assert.equal(decodeBody('GZIP', zeros(1000), 1000).length, 1000)
})

test('decodeBody() refuses what becomes too long, without unpacking it whole', () => {
  assert.throws(() => decodeBody('gzip', zeros(1001), 1000), { name: 'TooLargeError' })
  assert.throws(() => decodeBody('gzip', zeros(50 << 20), 20 << 20), { name: 'TooLargeError' })
})

test('decodeBody() tells what is no gzip from an encoding that it does not know', () => {
  assert.throws(() => decodeBody('gzip', new Uint8Array([1, 2, 3]), 1000), { name: 'EncodingError' })
  assert.throws(() => decodeBody('br', new Uint8Array([1, 2, 3]), 1000), { name: 'UnsupportedError' })
})
