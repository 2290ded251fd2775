import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DocumentWriter } from './document-writer.ts'
import { unescapeJson } from './escape-json.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function written(write: (w: DocumentWriter) => void): string {
  const w = new DocumentWriter(1)
  write(w)
  return unescapeJson(w.bytes.subarray(0, w.length))
}

test('DocumentWriter.string() writes every string as JSON does', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-ascii' })),
      fc.nat(3),
      (text, at) => {
        const bytes = encoder.encode('x'.repeat(at) + text)
        assert.equal(JSON.parse(written((w) => w.string(bytes, at, bytes.length))), text)
      },
    ),
    { numRuns: 2000 },
  )
})

test('DocumentWriter.string() writes what TextDecoder reads, of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = JSON.parse(written((w) => w.string(bytes, 0, bytes.length)))
      // Both replace what is no UTF-8; how many replacements stand for a broken sequence is their own.
      assert.equal(
        text.replace(/\ufffd+/g, '\ufffd'),
        decoder.decode(bytes, { stream: false }).replace(/\ufffd+/g, '\ufffd'),
      )
    }),
    { numRuns: 2000 },
  )
})

test('DocumentWriter.document() passes JSON text unchanged', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('', '\n', '\t ', '\r\n'), (json, space) => {
      const text = space + json + space
      assert.equal(written((w) => w.document(encoder.encode(text))), text)
    }),
  )
})

test('DocumentWriter.int64() writes every digit', () => {
  for (
    const value of [
      0n,
      -1n,
      7n,
      2147483647n,
      -2147483648n,
      2147483648n,
      9007199254740993n,
      -(2n ** 63n),
      2n ** 63n - 1n,
    ]
  ) {
    const text = written((w) => w.int64(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))))
    assert.equal(text, String(value))
  }
})

test('DocumentWriter.double() writes NaN and the infinities as strings', () => {
  assert.deepEqual(
    [NaN, Infinity, -Infinity, 1.5e300, -0.1].map((value) => JSON.parse(written((w) => w.double(value)))),
    [
      'NaN',
      'Infinity',
      '-Infinity',
      1.5e300,
      -0.1,
    ],
  )
})

test('DocumentWriter.time() is exact to the nanosecond', () => {
  for (
    const [seconds, nanos, text] of [[0, 0, '0.000000000'], [1700000000, 1, '1700000000.000000001'], [
      5,
      999999999,
      '5.999999999',
    ], [18446744073, 709551615, '18446744073.709551615']] as const
  ) {
    assert.equal(written((w) => w.time(seconds, nanos)), text)
  }
})
