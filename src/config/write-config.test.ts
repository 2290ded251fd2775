import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeConfig } from './write-config.ts'

test('writeConfig() writes a further exporter as a call, and quotes names that are no identifiers', () => {
  const config = { export: { xray: {}, two: { type: 'xray' }, 'a-b': { type: 'xray', region: 'eu-west-1' } } }
  assert.equal(
    writeConfig(config, [], []),
    [
      "import { defineConfig, xray } from 'rontgen'",
      '',
      'export default defineConfig({',
      '  export: {',
      '    xray: {},',
      '    two: xray(),',
      "    'a-b': xray({ region: 'eu-west-1' }),",
      '  },',
      '})',
      '',
    ].join('\n'),
  )
})
