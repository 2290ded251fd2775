import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConfig } from './check-config.ts'
import { effectiveValues } from './effective-values.ts'

test('effectiveValues() says that what a section turns off comes from the file', () => {
  const config = { receive: { otlp: false, xray: { udp: false } } }
  const result = checkConfig(config, { file: '', text: '' })
  assert.ok('settings' in result)
  const values = effectiveValues(result.settings, config, 'config.ts', [])
  const sourceOf = (path: string) =>
    values.filter((value) => value.path === path).map(({ value, source }) => [value, source])
  assert.deepEqual(sourceOf('receive.otlp.grpc'), [['false', 'config.ts']])
  assert.deepEqual(sourceOf('receive.otlp.additional'), [['[]', 'config.ts']])
  assert.deepEqual(sourceOf('receive.xray.udp'), [['false', 'config.ts']])
  assert.deepEqual(sourceOf('receive.xray.proxy.port'), [['2000', 'default']])
})
