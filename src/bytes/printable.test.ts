import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printable, printableJson } from './printable.ts'

test('printable() leaves nothing that a terminal would execute, and one line', () => {
  const title = '\u001b]0;owned\u0007'
  assert.equal(printable(`a${title}b\u009b2Jc\r\nd\u202ee\u2028f ä 😀`), 'a]0;ownedb2Jc de f ä 😀')
})

test('printableJson() escapes what JSON.stringify() does not, and keeps the value', () => {
  const value = { name: '\u001b[2J \u009b2J \u202e \u{e0001} \u2028 ä 😀', list: [1] }
  const text = printableJson(JSON.stringify(value, undefined, 2))
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  assert.deepEqual(JSON.parse(text), value)
})
