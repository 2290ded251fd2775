import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSegments } from './read-segments.ts'

const valid = {
  trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  id: '0000000000000001',
  name: 'shop',
  start_time: 100,
  end_time: 101,
}
const issueOf = (document: object): string => readSegments(JSON.stringify(document)).issue ?? ''

test('readSegments() reads segments, lists of subsegments, and what other languages write for nothing', () => {
  assert.equal(issueOf(valid), '')
  assert.equal(issueOf([valid, { ...valid, id: '0000000000000002', type: 'subsegment' }]), '')
  assert.equal(issueOf({ ...valid, annotations: [], http: { request: [] }, aws: null, cause: null, user: 7 }), '')
  assert.equal(issueOf({ ...valid, cause: '0000000000000003', subsegments: [{ name: 'a', cause: {} }] }), '')
})

test('readSegments() says what cannot be read, and where', () => {
  assert.match(
    issueOf({ ...valid, start_time: 1e300 }),
    /^start_time must be a time in Unix seconds, from 1970 to 3058/,
  )
  assert.match(issueOf({ ...valid, start_time: -1 }), /^start_time must be a time/)
  assert.match(issueOf({ ...valid, start_time: '5' }), /^start_time must be a time/)
  assert.match(issueOf({ ...valid, end_time: 1.7e308 }), /^end_time must be a time/)
  assert.match(issueOf({ ...valid, trace_id: 'x' }), /^trace_id must be 1-8-24 hexadecimal digits/)
  assert.match(issueOf({ ...valid, id: {} }), /^id must be a text/)
  assert.match(issueOf({ ...valid, name: { toString: 1 } }), /^name must be a text, a number or a boolean/)
  assert.match(issueOf({ ...valid, http: { request: { url: [] } } }), /^http.request.url must be a text/)
  assert.match(issueOf({ ...valid, http: 'x' }), /^http must be an object/)
  assert.match(issueOf({ ...valid, cause: { exceptions: [{ message: {} }] } }), /^cause.exceptions.message must be/)
  assert.match(
    issueOf({ ...valid, cause: { exceptions: [{ stack: [{ line: {} }] }] } }),
    /^cause.exceptions.stack.line/,
  )
  assert.match(issueOf({ ...valid, subsegments: {} }), /^subsegments must be a list/)
  assert.match(
    issueOf({ ...valid, subsegments: [{ subsegments: [{ end_time: 1e300 }] }] }),
    /^in a subsegment: end_time must be a time/,
  )
  assert.match(issueOf([valid, { ...valid, trace_id: '1-5759e988-bd862e3fe1be46a994272794' }]), /of several traces/)
  assert.match(issueOf([valid, 7]), /not a JSON object, nor a list/)
  assert.match(issueOf([]), /has no trace_id/)
  assert.match(readSegments(`{"a":${'['.repeat(60_000)}`).issue ?? '', /nested deeper than 500 levels/)
})
