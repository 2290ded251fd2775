import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { decodeBody } from './decode-body.ts'

const zeros = (size: number) => new Uint8Array(gzipSync(new Uint8Array(size)))

test('decodeBody() decompresses up to the limit, in both ways', () => {
  assert.equal(decodeBody('gzip', zeros(1000), 20 << 20).length, 1000)
  assert.equal(decodeBody('GZIP', zeros(1000), 1000).length, 1000)
})

test('decodeBody() rejects what becomes too long, without decompressing it whole', () => {
  assert.throws(() => decodeBody('gzip', zeros(1001), 1000), { code: 'too-large' })
  assert.throws(() => decodeBody('gzip', zeros(50 << 20), 20 << 20), { code: 'too-large' })
})

test('decodeBody() distinguishes malformed gzip from an unknown encoding', () => {
  assert.throws(() => decodeBody('gzip', new Uint8Array([1, 2, 3]), 1000), { code: 'invalid' })
  assert.throws(() => decodeBody('br', new Uint8Array([1, 2, 3]), 1000), { code: 'unsupported' })
})
