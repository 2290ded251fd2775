import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { recordEvents } from '../../../test/support/component-lab.ts'
import { openXrayExporter } from './open-xray-exporter.ts'
import { xray } from './xray.ts'

/** What the log and the status say of an exporter with these settings. */
async function describe(settings: object, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const report = recordEvents().events.exporter('xray')
  // A profile that no file of this machine has.
  const context = {
    report,
    env: { AWS_PROFILE: 'none', ...env },
    stateDir: ':memory:',
    print: async () => {},
    changed: () => {},
  }
  const exporter = await openXrayExporter(v.parse(xray.schema, { telemetry: false, ...settings }), context)
  await exporter.stop(AbortSignal.abort())
  return exporter.describe()
}

test('an exporter to X-Ray names its region, the account of its role, and the endpoint if it is not the region', async () => {
  const region = 'us-west-2'
  assert.equal(await describe({ region }), 'sending to AWS X-Ray in us-west-2')
  assert.equal(await describe({}, { AWS_REGION: 'eu-central-1' }), 'sending to AWS X-Ray in eu-central-1')
  assert.equal(
    await describe({ region, roleArn: 'arn:aws:iam::123456789012:role/traces' }),
    'sending to AWS X-Ray in us-west-2, account 123456789012',
  )
  assert.equal(
    await describe({ region, endpoint: 'http://127.0.0.1:9' }),
    'sending to AWS X-Ray in us-west-2, at http://127.0.0.1:9',
  )
  assert.equal(
    await describe({ region }, { AWS_ENDPOINT_URL_XRAY: 'https://vpce.example.com/' }),
    'sending to AWS X-Ray in us-west-2, at https://vpce.example.com',
  )
})

test('an exporter to X-Ray names the region that the instance metadata has', async () => {
  const server = createServer((request, response) => response.end(request.method === 'PUT' ? 'token' : 'ap-south-1\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  after(() => server.close())
  const { port } = server.address() as AddressInfo // it listens
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}` }
  assert.equal(await describe({}, env), 'sending to AWS X-Ray in ap-south-1')
})

test('an exporter to X-Ray opens though no region is found', async () => {
  assert.equal(await describe({ localMode: true }), 'sending to AWS X-Ray')
})
