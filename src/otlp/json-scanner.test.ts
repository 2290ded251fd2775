import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonScanner } from './json-scanner.ts'

test('JsonScanner resolves escapes as JSON.parse() does, with U+FFFD for lone surrogates', () => {
  const unit = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }), fc.nat(0x7f))
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
      const json = `"${units.map((value) => `\\u${value.toString(16).padStart(4, '0')}`).join('')}"`
      const scanner = new JsonScanner(new TextEncoder().encode(json))
      scanner.string()
      const parsed: unknown = JSON.parse(json)
      assert.equal(scanner.text(), String(parsed).toWellFormed())
    }),
    { numRuns: 2000 },
  )
})
