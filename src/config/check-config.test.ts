import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyOverrides, readOverrides } from './overrides.ts'
import { checkConfig } from './check-config.ts'

const check = (config: object, text = '') => {
  const result = checkConfig(config, { file: 'config.ts', text })
  return 'issues' in result ? result.issues : result.settings
}

test('checkConfig() fills in every default of an empty config', () => {
  const result = checkConfig({}, { file: '', text: '' })
  assert.ok('settings' in result)
  const { receive, queue, export: exporters } = result.settings
  assert.deepEqual(receive.otlp.grpc !== false && [receive.otlp.grpc.port, receive.otlp.grpc.maxMessageSize], [
    4317,
    20 << 20,
  ])
  assert.deepEqual([queue.maxAge, queue.batchWait, exporters.xray], [7 * 86_400_000, 1000, false])
})

test('checkConfig() reports path, file, line, value and the nearest key', () => {
  const text = [
    'export default defineConfig({',
    '  // export: a comment',
    "  receive: { otlp: { grpc: { prot: 4317 }, http: { port: '4318' } } },",
    '  queue: {',
    "    maxBytes: '1GiBB',",
    '  },',
    '  export: {',
    "    xray: { regoin: 'us-west-2' },",
    '  },',
    '  tranlsate: {},',
    '})',
  ].join('\n')
  assert.deepEqual(
    check({
      receive: { otlp: { grpc: { prot: 4317 }, http: { port: '4318' } } },
      queue: { maxBytes: '1GiBB' },
      export: { xray: { regoin: 'us-west-2' } },
      tranlsate: {},
    }, text),
    [
      'config.ts:3: receive.otlp.grpc.prot is not known; did you mean "receive.otlp.grpc.port"?',
      'config.ts:3: receive.otlp.http.port is "4318", expected a port number',
      'config.ts:5: queue.maxBytes is "1GiBB", expected a size such as \'20MiB\'',
      'config.ts:8: export.xray.regoin is not known; did you mean "export.xray.region"?',
      'config.ts:10: tranlsate is not known; did you mean "translate"?',
    ],
  )
})

test('checkConfig() rejects a config without an exporter', () => {
  assert.match(
    JSON.stringify(check({ export: { console: false, local: false } })),
    /expected an exporter: xray, local, console/,
  )
})

test('checkConfig() refuses names of exporters that cannot be, and two local stores', () => {
  const text = [
    'export default defineConfig({',
    '  export: {',
    "    'my audit': xray(),",
    '    history: local(),',
    '  },',
    '})',
  ]
  const { xray, local } = { xray: { type: 'xray' }, local: { type: 'local' } }
  const check = (exporters: object) => {
    const result = checkConfig({ export: exporters }, { file: 'config.ts', text: text.join('\n') })
    return 'issues' in result ? result.issues : []
  }
  assert.deepEqual(check({ 'my audit': xray }), [
    'config.ts:3: export.my audit is "my audit", expected a name such as audit: letters, digits, _ and - that start with a letter',
  ])
  assert.deepEqual(check({ local: true, history: local }), [
    'config.ts:4: export.history is "local", expected another kind: there can be only one exporter to the local store, and local is',
  ])
  assert.deepEqual(check({ local: false, history: local }), [])
  assert.match(check([xray])[0] ?? '', /export\.0 is "0", expected a name such as audit/)
})

test('checkConfig() turns no exporter on where the config has one like it by another name', () => {
  const result = checkConfig({ export: { history: { type: 'local' } } }, { file: '', text: '' })
  assert.ok('settings' in result)
  const { local, console: terminal, history } = result.settings.export
  assert.equal(local, false)
  assert.ok(terminal !== false && history !== false)
})

test('applyOverrides() lets flags override variables and the config, and leaves receivers off', () => {
  const env = { RONTGEN_REGION: 'eu-west-1', RONTGEN_HOST: '0.0.0.0', RONTGEN_XRAY_UDP_PORT: '2001' }
  const config = { receive: { otlp: { grpc: false, http: { port: 1 } } } }
  assert.deepEqual(applyOverrides(config, readOverrides({ region: 'us-west-2' }, env)), {
    receive: {
      otlp: { grpc: false, http: { port: 1, host: '0.0.0.0' } },
      xray: { udp: { host: '0.0.0.0', port: 2001 }, proxy: { host: '0.0.0.0' } },
    },
    export: { xray: { region: 'us-west-2' } },
  })
})
