import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeJson, unescapeJson } from './escape-json.ts'
import { fitDocument } from './fit-document.ts'
import { MAX_DOCUMENT } from './limits.ts'

const base = {
  id: '1111111111111111',
  name: 'n',
  trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  start_time: 1,
  end_time: 2,
}
const fit = (document: object) => {
  const fitted = fitDocument(escapeJson(JSON.stringify(document)))
  if (fitted === undefined) return undefined
  const text = unescapeJson(fitted)
  assert.ok(Buffer.byteLength(text) <= MAX_DOCUMENT, `${Buffer.byteLength(text)} bytes`)
  return JSON.parse(text)
}

test('fitDocument() leaves a document of 64 KB as it is', () => {
  assert.equal(fit({ ...base, metadata: { default: { text: '"'.repeat(30_000) } } }), undefined)
})

test('fitDocument() cuts stack frames before anything else', () => {
  const stack = Array.from(
    { length: 2000 },
    (_, line) => ({ path: 'a-long-path/of-a-file.java', line, label: 'a.label' }),
  )
  const fitted = fit({
    ...base,
    cause: { exceptions: [{ id: '2222222222222222', stack }] },
    metadata: { default: { kept: 'yes' } },
  })
  assert.equal(fitted.cause.exceptions[0].stack.length, 32)
  assert.equal(fitted.cause.exceptions[0].truncated, 1968)
  assert.equal(fitted.metadata.default.kept, 'yes')
  assert.deepEqual(fitted.metadata.otel.cut, ['cause.exceptions.stack'])
})

test('fitDocument() drops the largest metadata, and keeps the rest', () => {
  const fitted = fit({
    ...base,
    annotations: { a: 1 },
    metadata: { default: { big: 'ä'.repeat(60_000), small: 1 }, ns: { b: 2 } },
  })
  assert.deepEqual(fitted.metadata, { default: { small: 1 }, ns: { b: 2 }, otel: { cut: ['metadata'] } })
  assert.deepEqual(fitted.annotations, { a: 1 })
})

test('fitDocument() cuts SQL and messages when nothing else is left', () => {
  const fitted = fit({
    ...base,
    sql: { sanitized_query: 's'.repeat(90_000), url: 'u' },
    cause: { exceptions: [{ id: '2', message: 'm'.repeat(90_000) }] },
  })
  assert.equal(fitted.sql.sanitized_query.length, 4097)
  assert.equal(fitted.sql.url, 'u')
})

test('fitDocument() makes any document fit', () => {
  const many = (value: unknown, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, value]))
  for (
    const document of [
      { ...base, annotations: many('x'.repeat(250), 300) },
      { ...base, links: Array.from({ length: 3000 }, () => ({ trace_id: base.trace_id, id: base.id })) },
      {
        ...base,
        http: { request: { url: 'u'.repeat(100_000), user_agent: 'a'.repeat(100_000) } },
        name: 'n'.repeat(200),
      },
      {
        ...base,
        subsegments: Array.from({ length: 1000 }, () => ({ ...base, metadata: { d: { t: 'x'.repeat(100) } } })),
      },
    ]
  ) {
    assert.equal(fit(document).id, base.id)
  }
})
