import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { ExportError } from '../component/export-error.ts'
import { openXray } from './open-xray.ts'

const requests: { path: string | undefined; headers: IncomingMessage['headers'] }[] = []
let status = 200
const server = createServer((request, response) => {
  requests.push({ path: request.url, headers: request.headers })
  response.writeHead(status)
  response.end('{}')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
after(() => server.close())
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens
const settings = { endpoint, fips: false, dualStack: false, localMode: true, timeout: 2000 }

const before = { ...process.env }
Object.assign(process.env, { AWS_PROFILE: '', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' })
after(() => {
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
})

test('openXray() signs calls with the credentials that it finds, and names them once it has them', async () => {
  const connection = openXray({ ...settings, region: 'us-west-2' }, { AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' })
  assert.equal(connection.credentials(), undefined)
  const response = await connection.call('/GetSamplingRules', '{}')
  assert.equal(response.status, 200)
  const { path, headers } = requests.at(-1) ?? {}
  assert.equal(path, '/GetSamplingRules')
  assert.match(headers?.['authorization'] ?? '', /Credential=AKIDEXAMPLE\/\d{8}\/us-west-2\/xray\/aws4_request/)
  assert.match(headers?.['user-agent'] ?? '', /^rontgen\/\S+ exec-env\/AWS_ECS_FARGATE OS\/\S+$/)
  const state = connection.credentials()
  assert.equal(state?.accessKeyId, 'AKIDEXAMPLE')
  assert.equal(state?.expires, null)
})

test('access() looks for the region again at the next call after it found none', async () => {
  const env: Record<string, string> = { AWS_CONFIG_FILE: '/none', AWS_SHARED_CREDENTIALS_FILE: '/none' }
  const connection = openXray(settings, env)
  await assert.rejects(connection.access(), (error) => {
    assert.ok(error instanceof ExportError)
    assert.equal(error.kind, 'retryable')
    assert.match(error.message, /^No AWS region is set: set region of the exporter/)
    return true
  })
  env['AWS_REGION'] = 'eu-central-1'
  const { region } = await connection.access()
  assert.equal(region, 'eu-central-1')
  assert.equal(await connection.access(), await connection.access())
})

test('a call that is answered with 403 has the credentials looked up again', async () => {
  const connection = openXray({ ...settings, region: 'us-west-2' }, {})
  await connection.call('/GetSamplingRules', '{}')
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDROTATED'
  status = 403
  await connection.call('/GetSamplingRules', '{}')
  assert.match(requests.at(-1)?.headers['authorization'] ?? '', /AKIDEXAMPLE/)
  status = 200
  await connection.call('/GetSamplingRules', '{}')
  assert.match(requests.at(-1)?.headers['authorization'] ?? '', /AKIDROTATED/)
})

test('openXray() says which file with certificates cannot be read', () => {
  assert.throws(() => openXray({ ...settings, caFile: '/none.pem' }, {}), /ENOENT.*\/none\.pem/)
  assert.throws(() => openXray(settings, { AWS_CA_BUNDLE: '/none.pem' }), /ENOENT.*\/none\.pem/)
})
