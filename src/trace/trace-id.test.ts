import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isXrayTraceId, parseTraceId, toXrayTraceId } from './trace-id.ts'

const xray = '1-5759e988-bd862e3fe1be46a994272793'
const w3c = '5759e988bd862e3fe1be46a994272793'

test("toXrayTraceId() puts X-Ray's version and dashes into W3C's 32 digits", () => {
  assert.equal(toXrayTraceId(w3c), xray)
})

test('parseTraceId() reads both forms in any case, and nothing else', () => {
  for (const text of [xray, w3c, xray.toUpperCase(), w3c.toUpperCase()]) assert.equal(parseTraceId(text), xray)
  for (const text of ['', 'x', w3c.slice(1), `${w3c}0`, `2${xray.slice(1)}`, ` ${xray}`]) {
    assert.equal(parseTraceId(text), undefined, text)
  }
})

test("isXrayTraceId() is true of X-Ray's form alone", () => {
  assert.deepEqual([xray, w3c, `${xray}0`].map(isXrayTraceId), [true, false, false])
})
