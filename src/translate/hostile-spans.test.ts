import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostileRequests } from '../../test/support/hostile-requests.ts'
import { jsonRequest, protobufRequest, type TestSpan } from '../../test/support/otlp.ts'
import { documentsOf, documentText } from '../component/batch.ts'
import { DocumentGroup } from '../segment/document-group.ts'
import { MAX_DOCUMENT } from '../segment/limits.ts'
import { Translator } from './translator.ts'

const encoder = new TextEncoder()

function translate(bytes: Uint8Array) {
  const settings = { indexedAttributes: [], indexAllAttributes: false, logGroups: [] }
  const translator = new Translator(settings, { next: () => new Uint8Array(8).fill(1) })
  const group = new DocumentGroup()
  const result = translator.translate(bytes, group)
  const { cut } = group
  const written = group.writer.length
  const block = group.take()
  const documents = documentsOf({ parts: [{ block, from: 0, to: block.ends.length }], count: block.ends.length })
  return { ...result, cut, written, documents: documents.map(documentText) }
}

// deno-lint-ignore no-explicit-any -- a test looks into documents of any form
function translateSpan(span: TestSpan, resource?: Record<string, string>): any {
  const [document] = translate(protobufRequest(jsonRequest([span], resource))).documents
  return JSON.parse(document ?? '')
}

for (const [name, { create }] of Object.entries(hostileRequests)) {
  test(`translate() writes documents of at most 64 KB, and no more than it is worth, of a request with ${name}`, () => {
    const bytes = create(600_000)
    const { spans, rejected, reason, written, documents } = translate(bytes)
    assert.ok(spans + rejected > 0)
    assert.equal(rejected > 0, reason !== '')
    assert.ok(written < 40e6, `${written} bytes`)
    for (const document of documents) {
      assert.ok(encoder.encode(document).length <= MAX_DOCUMENT)
      JSON.parse(document)
    }
  })
}

test('translate() says what it left out of a span with too many links, and counts it', () => {
  const bytes = hostileRequests['empty links']?.create(20_000) ?? new Uint8Array()
  const { cut, documents } = translate(bytes)
  const segment = JSON.parse(documents[0] ?? '')
  assert.equal(cut, 1)
  assert.deepEqual(segment.metadata.otel.cut, ['span'])
  assert.equal(segment.links.length + segment.metadata.otel.dropped_links, 10_000)
})

test('translate() keeps the exception that is the last of far too many events', () => {
  const events = [
    ...Array.from({ length: 5000 }, () => ({ name: 'e', attributes: {} })),
    { name: 'exception', attributes: { 'exception.type': 'Last' } },
  ]
  assert.equal(translateSpan({ events }).cause.exceptions[0].type, 'Last')
})

test('translate() keeps what a resource of 1 MB has besides its longest attribute', () => {
  const segment = translateSpan({ kind: 2 }, { 'service.name': 'shop', long: 'x'.repeat(1e6), short: 'y' })
  assert.equal(segment.metadata.default['otel.resource.short'], 'y')
  assert.deepEqual(segment.metadata.otel.cut, ['metadata'])
})

test('translate() reads the end of a long stack of Python, and the start of others', () => {
  const causeOf = (language: string, stack: string) => {
    const attributes = { 'exception.type': 'E', 'exception.stacktrace': stack }
    return translateSpan({ events: [{ name: 'exception', attributes }] }, { 'telemetry.sdk.language': language }).cause
      .exceptions[0].stack
  }
  const padding = 'x'.repeat(400_000)
  assert.equal(causeOf('python', `${padding}\n  File "a.py", line 3, in f\n    f()\nE: x\n`)[0].line, 3)
  assert.equal(causeOf('java', `E\n\tat a.b.C(D.java:5)\n${padding}`)[0].line, 5)
})

test('translate() finds the file of a Go frame wherever it stands in the line', () => {
  const stackOf = (line: string) =>
    translateSpan({
      events: [{
        name: 'exception',
        attributes: { 'exception.type': 'E', 'exception.stacktrace': `goroutine 1 [running]:\nmain.f()\n${line}\n` },
      }],
    }, { 'telemetry.sdk.language': 'go' }).cause.exceptions[0].stack[0]
  assert.deepEqual(stackOf('\t/app/main.go:12 +0x1d'), { path: '/app/main.go', line: 12, label: 'main.f()' })
  assert.deepEqual(stackOf('\tC: x:y a:b:34'), { path: 'b', line: 34, label: 'main.f()' })
  assert.deepEqual(stackOf('\tno place'), { path: '', line: 0, label: 'main.f()' })
})
