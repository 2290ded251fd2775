import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromCollector } from './collector-config.ts'

/** The `export` section, and the notes without those on other sections. */
function convert(exporters: string, pipelines = '{}') {
  const yaml = `receivers: {}\nexporters: ${exporters}\nservice: { pipelines: ${pipelines} }\n`
  const { config, notes } = fromCollector(yaml, 'c.yaml')
  return { exporters: Reflect.get(config, 'export'), translate: Reflect.get(config, 'translate'), notes }
}

test('fromCollector() names each further awsxray exporter after what follows its slash', () => {
  assert.deepEqual(
    convert('{ awsxray/first: { region: us-west-2 }, awsxray/second: { region: eu-west-1, role_arn: "arn:a" } }'),
    {
      exporters: { xray: { region: 'us-west-2' }, second: { type: 'xray', region: 'eu-west-1', roleArn: 'arn:a' } },
      translate: undefined,
      notes: [],
    },
  )
  assert.deepEqual(convert('{ awsxray/b: {}, awsxray: { region: "" } }').exporters, { xray: {}, b: { type: 'xray' } })
})

test('fromCollector() changes names that a config cannot have, or has already', () => {
  const names = ['awsxray', 'awsxray/a.b', 'awsxray/a-b', 'awsxray/xray', 'awsxray/console', 'awsxray/2', 'awsxray/_']
  const config = `{ ${[...names, 'awsxray/constructor'].map((name) => `${name}: {}`).join(', ')} }`
  assert.deepEqual(Object.keys(convert(config).exporters), [
    'xray',
    'a-b',
    'a-b-2',
    'xray-xray',
    'xray-console',
    'xray-2',
    'xray-_',
    'xray-constructor',
  ])
})

test('fromCollector() leaves out exporters that no pipeline for traces has, and notes where pipelines differ', () => {
  const { exporters, notes } = convert(
    '{ awsxray: {}, awsxray/a: {}, awsxray/b: {} }',
    '{ traces: { exporters: [awsxray] }, traces/2: { exporters: [awsxray, awsxray/a] }, metrics: { exporters: [awsxray/b] } }',
  )
  assert.deepEqual(Object.keys(exporters), ['xray', 'a'])
  assert.deepEqual(notes, [
    'c.yaml: exporters.awsxray/b is left out: no pipeline for traces has it',
    'c.yaml: service.pipelines.traces does not go to awsxray/a; here every trace goes to every exporter',
    'c.yaml: service.pipelines.metrics has no counterpart: rontgen handles traces only',
  ])
})

test('fromCollector() notes settings of translation in which further exporters differ', () => {
  const { translate, notes } = convert(
    '{ awsxray: { indexed_attributes: [a] }, awsxray/same: { indexed_attributes: [a] }, awsxray/more: { indexed_attributes: [b], x: 1 } }',
  )
  assert.deepEqual(translate, { indexedAttributes: ['a'] })
  assert.deepEqual(notes, [
    'c.yaml: exporters.awsxray/more.x has no counterpart',
    'c.yaml: exporters.awsxray/more.indexed_attributes has no counterpart: translate.indexedAttributes holds for all exporters, and is that of awsxray',
  ])
})
