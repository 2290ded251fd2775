import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyOverrides, directOverrides, readOverrides } from './overrides.ts'
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
  assert.deepEqual(check({ export: { console: false, local: false } }), [
    'config.ts: export: no exporter is on; set xray, local or console',
  ])
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
    'config.ts:3: export.my audit: a name begins with a letter, followed by letters, digits, _ and -',
  ])
  assert.deepEqual(check({ local: true, history: local }), [
    'config.ts:4: export.history: there can be only one exporter to the local store, and "local" is one already',
  ])
  assert.deepEqual(check({ local: false, history: local }), [])
  assert.match(check([xray])[0] ?? '', /export\.0: a name begins with a letter/)
  assert.deepEqual(check({ local: xray }), [
    `config.ts:4: export.local.type is "xray", expected 'local'; an exporter of another kind has another name`,
  ])
})

test('checkConfig() names the kinds of exporters, and the keys in lists', () => {
  assert.deepEqual(check({ export: { a: { type: 'xrayy' }, b: { type: 'file' }, c: { type: 7 } } }), [
    `config.ts: export.a.type is "xrayy", expected 'xray', 'local' or 'console'; did you mean "xray"?`,
    `config.ts: export.b.type is "file", expected 'xray', 'local' or 'console'`,
    `config.ts: export.c.type is 7, expected 'xray', 'local' or 'console'`,
  ])
  assert.deepEqual(check({ export: { xrya: { region: 'us-west-2' }, audit: {} } }), [
    'config.ts: export.xrya is not known; did you mean "export.xray"? A further one is written as xrya: xray({ … })',
    'config.ts: export.audit is not known; known here: xray, local, console; a further one is written as audit: xray({ … })',
  ])
  assert.deepEqual(check({ receive: { otlp: { additional: [{ grcp: {} }, { http: {}, x: 1 }] } } }), [
    'config.ts: receive.otlp.additional.0.grcp is not known; did you mean "receive.otlp.additional.0.grpc"?',
    'config.ts: receive.otlp.additional.1.x is not known; known here: grpc, http',
  ])
})

test('checkConfig() refuses two receivers at one address, and names both keys', () => {
  const text = 'export default {\n  receive: {\n    otlp: {\n      grpc: { port: 4318 },\n    },\n  },\n}'
  assert.deepEqual(check({ receive: { otlp: { grpc: { port: 4318 } } } }, text), [
    'config.ts:3: receive.otlp.http.port: 127.0.0.1:4318 is the address of receive.otlp.grpc already',
  ])
  const additional = [{ http: { port: 1 } }, { grpc: { host: '::1', port: 1 }, http: { port: 1 } }]
  assert.deepEqual(check({ receive: { otlp: { additional } } }), [
    'config.ts: receive.otlp.additional.1.http.port: 127.0.0.1:1 is the address of receive.otlp.additional.0.http already',
  ])
  const free = { grpc: { port: 0 }, http: { port: 0 }, additional: [{ http: { host: '::1', port: 2000 } }] }
  assert.ok('receive' in check({ receive: { otlp: free, xray: { udp: { port: 1 }, proxy: { port: 1 } } } }))
})

test('checkConfig() turns a group of receivers off', () => {
  const result = checkConfig({ receive: { otlp: false } }, { file: '', text: '' })
  assert.ok('settings' in result)
  assert.deepEqual(result.settings.receive.otlp, { grpc: false, http: false, additional: [] })
  assert.ok(result.settings.receive.xray.udp !== false)
  assert.deepEqual(check({ receive: { otlp: { grcp: {} }, xray: 7 } }), [
    'config.ts: receive.otlp.grcp is not known; did you mean "receive.otlp.grpc"?',
    'config.ts: receive.xray is 7, expected an object, or false to turn it off',
  ])
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

test('checkConfig() refuses keys that every object has, wherever they stand', () => {
  for (const name of ['constructor', 'prototype', '__proto__', 'toString']) {
    const config = JSON.parse(`{ "export": { "xray": {}, "${name}": { "type": "xray" } } }`)
    assert.deepEqual(check(config, `export: {\n ${name}: {}`), [
      `config.ts:2: export.${name}: no key may have this name`,
    ])
  }
  const [issue] = Object.values(check({ receive: { constructor: false } }))
  assert.equal(issue, 'config.ts: receive.constructor: no key may have this name')
})

test('checkConfig() names the flag or variable that sets a wrong value', () => {
  const overrides = readOverrides({ 'admin-port': 'abc' }, { RONTGEN_LOG_LEVEL: 'loud' })
  const result = checkConfig(applyOverrides({ logLevel: 'info' }, overrides), {
    file: 'config.ts',
    text: "logLevel: 'info'",
    overrides,
  })
  assert.ok('issues' in result)
  assert.deepEqual(result.issues.map((issue) => issue.split(':')[0]).sort(), ['--admin-port', 'RONTGEN_LOG_LEVEL'])
})

test('directOverrides() directs flags at the only exporter of their kind, and refuses to choose among several', () => {
  const flags = readOverrides({ region: 'us-west-2' }, {})
  const pathOf = (exporters: object) => directOverrides({ export: exporters }, flags).map(({ path }) => path)
  const xray = { type: 'xray' }
  assert.deepEqual(pathOf({}), ['export.xray.region'])
  assert.deepEqual(pathOf({ main: xray }), ['export.main.region'])
  for (const off of [false, undefined]) assert.deepEqual(pathOf({ xray: off, main: xray }), ['export.main.region'])
  assert.deepEqual(pathOf({ xray: true, main: xray }), ['export.xray.region'])
  assert.throws(() => pathOf({ main: xray, copy: xray }), /--region: the config has several exporters of this kind/)
})
