import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { commandOf, type Runtime } from './support/agent-process.ts'
import { jsonRequest, type TestSpan } from './support/otlp.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-explain-'))
after(() => rmSync(folder, { recursive: true }))

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `rontgen explain (${runtime}) ${text}`
  const [command, ...first] = commandOf(runtime)
  const run = (args: string[], input: string) =>
    spawnSync(command, [...first, 'explain', ...args], { cwd: folder, encoding: 'utf8', input })
  /** The line about an attribute: its rule and where it went. */
  const lineOf = (span: TestSpan, attribute: string): string => {
    const { stdout } = run(['-'], jsonRequest([span]))
    const line = stdout.split('\n').find((text) => text.includes(`${attribute} `))
    assert.ok(line !== undefined, stdout)
    return line.slice(line.indexOf(attribute) + attribute.length)
  }

  test(title('shows the document, and where each part of the span went'), () => {
    writeFileSync(
      join(folder, 'spans.json'),
      jsonRequest([{
        traceId: '5759e988bd862e3fe1be46a994272793',
        spanId: '53995c3f42cd8ad8',
        name: 'GET /orders',
        attributes: { 'http.request.method': 'GET', 'order.id': '7', 'order.items': [1], 'aws.region': 'eu-west-1' },
        events: [{ name: 'exception', attributes: { 'exception.message': 'no cart' } }],
      }]),
    )
    writeFileSync(join(folder, 'index.ts'), "export default { translate: { indexedAttributes: ['order.id'] } }\n")
    const { stdout, status } = run(['spans.json', '--config', 'index.ts'], '')
    assert.equal(status, 0)
    for (
      const line of [
        /^Span "GET \/orders" becomes one document:$/m,
        /^ {2}"name": "shop",$/m,
        /^ {2}traceId +reformatted +trace_id$/m,
        /^ {2}spanId +moved +id$/m,
        /^ {2}name +dropped +nowhere$/m,
        /^ {2}startTimeUnixNano +reformatted +start_time$/m,
        /^ {2}attributes\.http\.request\.method +copied +http\.request\.method/m,
        /^ {2}attributes\.order\.id +copied +annotations\.order\.id$/m,
        /^ {2}attributes\.order\.items +reformatted +metadata\.default\.order\.items/m,
        /^ {2}attributes\.aws\.region +copied +aws\.region$/m,
        /^ {2}events\.0 +reformatted +cause/m,
        /^ {2}resource\.service\.name +moved +name/m,
        /^ {2}nothing +made +aws\.xray\.auto_instrumentation$/m,
      ]
    ) {
      assert.match(stdout, line)
    }
  })

  test(title('says that an attribute names the segment'), () => {
    const attributes = {
      'db.system': 'postgresql',
      'db.name': 'orders',
      'db.connection_string': 'postgresql://db.example.com',
    }
    assert.match(lineOf({ kind: 3, attributes }, 'db.name'), /[ ,]name,? .*sql\.connection_string/)
  })

  test(title('says that an attribute went nowhere'), () => {
    const attributes = { 'http.method': 'GET', 'http.url': 'https://shop.example.com/', 'host.name': 'web-1' }
    assert.match(lineOf({ kind: 2, attributes }, 'host.name'), /nowhere/)
  })

  test(title('says where an attribute went though another one has the same meaning and value'), () => {
    const attributes = { 'http.method': 'GET', 'http.request.method': 'GET' }
    assert.match(lineOf({ kind: 2, attributes }, 'http.request.method'), / http\.request\.method/)
    assert.doesNotMatch(lineOf({ kind: 2, attributes }, 'http.method'), /[ ,]http\.request\.method/)
  })

  test(title('names each part that makes the same member, and nothing else as made'), () => {
    const span = { kind: 2, status: { code: 2 }, attributes: { 'http.method': 'GET', 'http.status_code': 500 } }
    assert.match(lineOf(span, 'attributes.http.status_code'), /[ ,]fault \(also from status\)/)
    assert.match(lineOf(span, ' status'), /^ +reformatted +fault \(also from attributes\.http\.status_code\)/)
    assert.match(lineOf(span, ' kind'), /^ +decides +name$/)
  })

  test(title('prints JSON'), () => {
    const { stdout } = run(['-', '--json'], jsonRequest([{ name: 'a', attributes: { 'order.id': '7' } }]))
    const [span, ...others] = JSON.parse(stdout)
    assert.equal(others.length, 0)
    assert.equal(span.name, 'a')
    assert.equal(span.documents.length, 1)
    assert.deepEqual(span.rules.find(({ from }: { from: string }) => from === 'attributes.order.id'), {
      from: 'attributes.order.id',
      value: '7',
      rule: 'not indexed',
      to: [{ path: 'metadata.default.order.id', value: '7' }],
    })
  })

  test(title('exits 65 on what is no OTLP/JSON, has no span, and on spans that are rejected'), () => {
    const broken = run(['-'], '{')
    assert.equal(broken.status, 65)
    assert.match(broken.stderr, /Cannot explain standard input: Cannot read the JSON at byte 1/)
    const unquoted = run(['-'], '{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": 7}]}]}]}')
    assert.match(unquoted.stderr, /expected a string/)
    for (const empty of ['{}', '{"foo": 1}']) {
      const none = run(['-'], empty)
      assert.equal(none.status, 65)
      assert.match(none.stderr, /^rontgen: There is no span in standard input: expected an ExportTraceServiceRequest/)
    }
    const rejected = run(['-'], jsonRequest([{ spanId: '' }, { name: 'other' }]))
    assert.equal(rejected.status, 65)
    assert.match(rejected.stderr, /1 span is rejected: the span id/)
    assert.match(rejected.stdout, /^Span "other" becomes one document:$/m)
  })
}
