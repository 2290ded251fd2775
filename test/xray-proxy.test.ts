import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { FakeXray } from './support/fake-xray.ts'

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const title = (text: string): string => `the X-Ray TCP proxy (${runtime}) ${text}`
  let aws: FakeXray
  let agent: AgentProcess
  before(async () => {
    aws = await new FakeXray().start()
    aws.rules = { NextToken: null, SamplingRuleRecords: [{ SamplingRule: { RuleName: 'ä' } }] }
    agent = await AgentProcess.start({
      runtime,
      config: `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } } }`,
    })
  })
  after(async () => {
    await agent.stop()
    await aws.stop()
  })
  const post = (path: string, body: string): Promise<Response> =>
    fetch(`http://${agent.address('xray.proxy')}${path}`, { method: 'POST', body })

  test(title('passes both calls on, signed and with unchanged bodies'), async () => {
    const rules = await post('/GetSamplingRules', '{ "NextToken": null }')
    assert.deepEqual(await rules.json(), aws.rules)
    const body = '{"SamplingStatisticsDocuments":[{"RuleName":"\\u00e4 ä"}]}'
    assert.equal((await post('/SamplingTargets', body)).status, 200)
    assert.deepEqual(aws.calls, [
      { path: '/GetSamplingRules', body: '{ "NextToken": null }' },
      { path: '/SamplingTargets', body },
    ])
    assert.deepEqual(aws.issues, [])
  })

  test(title('accepts a chunked body'), async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = request(`http://${agent.address('xray.proxy')}/SamplingTargets`, {
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked' },
      })
      call.on('response', (response) => resolve(response.resume().statusCode))
      call.on('error', reject)
      call.write('{"a":')
      call.end('1}')
    })
    assert.equal(status, 200)
    assert.equal(aws.calls.at(-1)?.body, '{"a":1}')
  })

  test(title('rejects every other call with 403'), async () => {
    const before = aws.calls.length
    for (const path of ['/CreateGroup', '/TraceSegments', '/', '/getsamplingrules']) {
      const answer = await post(path, '{}')
      assert.equal(answer.status, 403, path)
      assert.match(JSON.stringify(await answer.json()), /not passed on/)
    }
    assert.equal((await fetch(`http://${agent.address('xray.proxy')}/GetSamplingRules`)).status, 403)
    assert.equal(aws.calls.length, before)
  })

  test(title('serves cached rules while AWS fails, and passes on errors of targets'), async () => {
    aws.fault = { status: 500, body: { message: 'away' } }
    const rules = await post('/GetSamplingRules', '{ "NextToken": null }')
    assert.equal(rules.status, 200)
    assert.deepEqual(await rules.json(), aws.rules)
    assert.equal((await post('/SamplingTargets', '{}')).status, 500)
    aws.fault = undefined
  })

  test(title('answers 503 without credentials, and says why'), async () => {
    const bare = await AgentProcess.start({
      runtime,
      config: `{ export: { xray: { region: 'us-west-2', endpoint: '${aws.url}' } } }`,
      env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    })
    const answer = await fetch(`http://${bare.address('xray.proxy')}/GetSamplingRules`, { method: 'POST', body: '{}' })
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /cannot be asked/)
    await bare.stop()
  })
}
