import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { recordEvents } from '../../test/support/component-lab.ts'
import { runScript } from '../../test/support/run-script.ts'
import type { Batch } from '../component/batch.ts'
import { ExportError } from '../component/export-error.ts'
import type { Exporter, OpenExporter } from '../component/exporter.ts'
import { describeConfig } from '../config/describe-config.ts'
import { documentBlock } from '../queue/document-block.ts'
import { exporterList } from './exporter-list.ts'
import * as registry from './exporters.ts'

// What every exporter of the registry must do, wherever it sends.

const folder = mkdtempSync(join(tmpdir(), 'rontgen-exporters-'))
after(() => rmSync(folder, { recursive: true }))
/** Nothing may leave the machine, and the clouds' metadata services are not asked. */
const env = { AWS_EC2_METADATA_DISABLED: 'true', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', HOME: folder }

async function open(exporter: Exporter): Promise<OpenExporter> {
  const { events } = recordEvents()
  const report = events.exporter(exporter.name)
  const stateDir = mkdtempSync(join(folder, 'state-'))
  return await exporter.open(v.parse(exporter.schema, {}), {
    report,
    env,
    stateDir,
    print: async () => {},
    changed: () => {},
  })
}

function batch(): Batch {
  const document = {
    id: '53995c3f42cd8ad8',
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    name: 'shop',
    start_time: 1_700_000_000,
    end_time: 1_700_000_001,
  }
  const block = documentBlock([new TextEncoder().encode(JSON.stringify(JSON.stringify(document)))])
  return { parts: [{ block, from: 0, to: 1 }], count: 1 }
}

test('exporters have names and labels of their own, and can be called in a config', () => {
  for (const part of ['name', 'label'] as const) {
    const all = exporterList.map((exporter) => exporter[part])
    assert.equal(new Set(all).size, all.length)
  }
  for (const [exported, definition] of Object.entries(registry)) {
    assert.equal(exported, definition.name, 'a config imports it by its name')
    const call: (settings: object) => object = definition
    assert.deepEqual(call({ whenFull: 'drop-oldest' }), { type: definition.name, whenFull: 'drop-oldest' })
  }
})

for (const exporter of exporterList) {
  const { name } = exporter

  test(`${name} is described, and each of its options is a key of its schema`, () => {
    assert.match(exporter.description, /^[A-Z].*\.$/)
    assert.ok(!(exporter.isOnByDefault === true && exporter.leavesMachine), 'nothing leaves the machine by default')
    const keys = describeConfig().find(({ path }) => path === 'export')?.children
      .find(({ path }) => path === `export.${name}`)?.children ?? []
    for (const key of keys) assert.match(key.description, /\.$/, key.path)
    for (const { key } of exporter.options ?? []) {
      assert.ok(keys.some(({ path }) => path === `export.${name}.${key}`), key)
    }
  })

  test(`${name} opens with its defaults and says what it does`, async () => {
    const opened = await open(exporter)
    assert.match(opened.describe(), /^[a-z]+ing /)
    await opened.stop(AbortSignal.timeout(200))
  })

  test(`${name} delivers a batch, or says by an ExportError what becomes of it`, async () => {
    const opened = await open(exporter)
    try {
      await opened.send(batch(), AbortSignal.timeout(5000))
    } catch (error) {
      assert.ok(error instanceof ExportError, String(error))
      assert.equal(error.kind, 'retryable')
    }
    await opened.stop(AbortSignal.timeout(200))
  })

  test(`${name} ends a delivery that is aborted`, async () => {
    const opened = await open(exporter)
    const abort = new AbortController()
    const sent = opened.send(batch(), abort.signal).catch(() => {})
    abort.abort()
    const begun = performance.now()
    await sent
    assert.ok(performance.now() - begun < 10_000)
    await opened.stop(AbortSignal.timeout(200))
  })

  test(`${name} leaves nothing open: a program that only opens and stops it ends by itself`, async () => {
    const { code, output } = await runScript(
      `
      import { parse } from 'valibot'
      import { recordEvents } from './test/support/component-lab.ts'
      import { exporterList } from './src/export/exporter-list.ts'
      const exporter = exporterList.find(({ name }) => name === '${name}')
      const report = recordEvents().events.exporter('${name}')
      const context = { report, env: process.env, stateDir: ':memory:', async print() {}, changed() {} }
      const opened = await exporter.open(parse(exporter.schema, {}), context)
      await opened.stop(AbortSignal.timeout(200))
      console.log('stopped')
    `,
      env,
    )
    assert.deepEqual([code, output], [0, 'stopped\n'])
  })
}
