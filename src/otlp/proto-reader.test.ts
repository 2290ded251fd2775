import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProtoReader } from './proto-reader.ts'
import { WireError } from './wire-error.ts'

test('ProtoReader refuses tags with the field number 0, and of more than 32 bits', () => {
  for (const bytes of [[0x02], [0x07], [0x8a, 0x80, 0x80, 0x80, 0x10]]) {
    assert.throws(() => new ProtoReader(new Uint8Array(bytes)).tag(bytes.length), WireError)
  }
  assert.equal(new ProtoReader(new Uint8Array([0x8a, 0x80, 0x80, 0x80, 0x00])).tag(5), 0x0a)
})
