import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  BatchGetTracesCommand,
  CreateGroupCommand,
  CreateSamplingRuleCommand,
  DeleteGroupCommand,
  DeleteSamplingRuleCommand,
  GetGroupCommand,
  GetGroupsCommand,
  GetSamplingRulesCommand,
  GetSamplingStatisticSummariesCommand,
  GetSamplingTargetsCommand,
  GetServiceGraphCommand,
  GetTimeSeriesServiceStatisticsCommand,
  GetTraceGraphCommand,
  GetTraceSummariesCommand,
  InvalidRequestException,
  PutTelemetryRecordsCommand,
  PutTraceSegmentsCommand,
  UpdateGroupCommand,
  UpdateSamplingRuleCommand,
  type XRayClient,
} from '@aws-sdk/client-xray'
import { toXrayTraceId } from '../src/trace/trace-id.ts'
import { AgentProcess, type Runtime } from './support/agent-process.ts'
import { hex, jsonRequest } from './support/otlp.ts'
import { shopTrace } from './support/shop-trace.ts'
import { waitFor } from './support/wait-for.ts'
import { xrayClient } from './support/xray-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-api-'))
after(() => rmSync(folder, { recursive: true }))

for (const runtime of ['binary', 'deno'] as const) suite(runtime)

function suite(runtime: Runtime): void {
  const scenario = (name: string, fn: (client: XRayClient, agent: AgentProcess) => Promise<void>): void => {
    test(`X-Ray API (${runtime}) ${name}`, async () => {
      const agent = await AgentProcess.start({
        runtime,
        config: "{ export: { local: true }, queue: { batchWait: '10ms' } }",
      })
      const client = xrayClient(agent)
      try {
        await fn(client, agent)
      } finally {
        client.destroy()
        await agent.stop()
      }
    })
  }
  const hour = () => ({ StartTime: new Date(Date.now() - 3_600_000), EndTime: new Date(Date.now() + 60_000) })

  scenario('accepts segments, names those that it rejects, and returns the trace as it was sent', async (client) => {
    const { trace, documents } = shopTrace()
    const bad = [{ id: 'x' }, { ...documents[0], id: hex(8), trace_id: 'no' }, {
      ...documents[0],
      id: hex(8),
      name: 'a*b',
    }]
    const { UnprocessedTraceSegments = [] } = await client.send(
      new PutTraceSegmentsCommand({
        TraceSegmentDocuments: [...documents, ...bad].map((document) => JSON.stringify(document)).concat('{'),
      }),
    )
    assert.deepEqual(UnprocessedTraceSegments.map(({ ErrorCode }) => ErrorCode), [
      'InvalidId',
      'InvalidTraceId',
      'InvalidName',
      'ParseError',
    ])
    const unknown = '1-00000000-000000000000000000000000'
    const { Traces = [], UnprocessedTraceIds } = await client.send(
      new BatchGetTracesCommand({ TraceIds: [trace, unknown] }),
    )
    assert.deepEqual(UnprocessedTraceIds, [unknown])
    const [first] = Traces
    assert.equal(first?.Id, trace)
    assert.deepEqual(
      first?.Segments?.map(({ Document = '' }) => JSON.parse(Document)).sort((a, b) => a.start_time - b.start_time),
      documents,
    )
    await client.send(new PutTelemetryRecordsCommand({ TelemetryRecords: [{ Timestamp: new Date() }] }))
  })

  scenario('finds traces by filter, page by page', async (client) => {
    const traces = Array.from({ length: 250 }, (_, i) => shopTrace({ user: i % 2 === 0 ? 'ada' : 'bob' }))
    for (let i = 0; i < 250; i += 25) {
      const documents = traces.slice(i, i + 25).flatMap((trace) => trace.documents)
      await client.send(
        new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) }),
      )
    }
    const found: string[] = []
    let NextToken: string | undefined
    let pages = 0
    do {
      const page = await client.send(
        new GetTraceSummariesCommand({
          ...hour(),
          FilterExpression: 'user = "ada" AND service("payments") { fault }',
          NextToken,
        }),
      )
      found.push(...page.TraceSummaries?.map(({ Id = '' }) => Id) ?? [])
      NextToken = page.NextToken
      pages++
    } while (NextToken !== undefined)
    assert.equal(pages, 2)
    assert.deepEqual(found.sort(), traces.filter((_, i) => i % 2 === 0).map(({ trace }) => trace).sort())
    const { TraceSummaries: [summary] = [] } = await client.send(
      new GetTraceSummariesCommand({ ...hour(), FilterExpression: 'fault' }),
    )
    assert.equal(summary?.HasFault, true)
    assert.equal(summary?.Http?.HttpStatus, 502)
    assert.equal(summary?.EntryPoint?.Name, 'shop')
    assert.equal(summary?.Annotations?.['tier']?.[0]?.AnnotationValue?.StringValue, 'gold')
    assert.deepEqual(summary?.FaultRootCauses?.[0]?.Services?.map(({ Name }) => Name), ['shop', 'payments'])
    assert.ok(summary?.StartTime instanceof Date)
    const none = await client.send(new GetTraceSummariesCommand({ ...hour(), FilterExpression: 'ok' }))
    assert.deepEqual(none.TraceSummaries, [])
    await assert.rejects(
      client.send(new GetTraceSummariesCommand({ ...hour(), FilterExpression: 'responsetime >' })),
      (error) => error instanceof InvalidRequestException && /Expected a number/.test(error.message),
    )
  })

  scenario(
    'finds traces by their start, by any part of them, by their segments, and a share of them',
    async (client) => {
      const { trace, documents } = shopTrace()
      await client.send(
        new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) }),
      )
      const start = documents[0]?.start_time ?? 0
      const find = async (from: number, to: number, more: object = {}): Promise<number> => {
        const range = { StartTime: new Date((start + from) * 1000), EndTime: new Date((start + to) * 1000) }
        return (await client.send(new GetTraceSummariesCommand({ ...range, ...more }))).TraceSummaries?.length ?? -1
      }
      assert.equal(await find(-1, 1), 1)
      assert.equal(await find(1, 9), 0)
      assert.equal(await find(1, 9, { TimeRangeType: 'Event' }), 1)
      assert.equal(await find(3, 9, { TimeRangeType: 'Event' }), 0)
      assert.equal(await find(1.4, 9, { TimeRangeType: 'Service' }), 1)
      assert.equal(await find(1.6, 9, { TimeRangeType: 'Service' }), 0)
      const share = parseInt(trace.slice(-8), 16) / 2 ** 32
      const strategy = (Value: number) => ({ Sampling: true, SamplingStrategy: { Name: 'FixedRate' as const, Value } })
      assert.equal(await find(-1, 1, strategy(Math.min(1, share + 0.001))), 1)
      assert.equal(await find(-1, 1, strategy(Math.max(0, share - 0.001))), 0)
      await assert.rejects(find(-1, 1, strategy(2)), InvalidRequestException)
      await assert.rejects(find(-1, 1, { TimeRangeType: 'Never' }), InvalidRequestException)
    },
  )

  scenario('returns the service graph of all traces, of one trace and of a group', async (client) => {
    const slow = shopTrace()
    const quick = shopTrace({ user: 'eve' })
    const documents = [...slow.documents, ...quick.documents].map((document) => JSON.stringify(document))
    await client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents }))
    const { Services = [] } = await client.send(new GetServiceGraphCommand(hour()))
    const named = new Map(Services.map((service) => [service.Name, service]))
    assert.deepEqual([...named.keys()].sort(), ['carts', 'clients', 'payments', 'shop'])
    assert.equal(named.get('shop')?.SummaryStatistics?.FaultStatistics?.TotalCount, 2)
    assert.equal(named.get('shop')?.Root, true)
    assert.equal(named.get('carts')?.Type, 'AWS::DynamoDB::Table')
    assert.equal(named.get('carts')?.SummaryStatistics?.ErrorStatistics?.ThrottleCount, 2)
    assert.equal(named.get('clients')?.Type, 'client')
    const edges = named.get('shop')?.Edges?.map(({ ReferenceId }) =>
      Services.find((service) => service.ReferenceId === ReferenceId)?.Name
    )
    assert.deepEqual(edges?.sort(), ['carts', 'payments'])
    const [edge] = named.get('clients')?.Edges ?? []
    assert.deepEqual(edge?.ResponseTimeHistogram, [{ Value: 2, Count: 2 }])
    const graph = await client.send(new GetTraceGraphCommand({ TraceIds: [slow.trace] }))
    assert.equal(graph.Services?.find(({ Name }) => Name === 'shop')?.SummaryStatistics?.TotalCount, 1)
    await client.send(new CreateGroupCommand({ GroupName: 'eves', FilterExpression: 'user = "eve"' }))
    const ofGroup = await client.send(new GetServiceGraphCommand({ ...hour(), GroupName: 'eves' }))
    assert.equal(ofGroup.Services?.find(({ Name }) => Name === 'shop')?.SummaryStatistics?.TotalCount, 1)
    const series = await client.send(
      new GetTimeSeriesServiceStatisticsCommand({
        ...hour(),
        Period: 60,
        EntitySelectorExpression: 'service("payments")',
      }),
    )
    const total = series.TimeSeriesServiceStatistics?.reduce(
      (sum, at) => sum + (at.ServiceSummaryStatistics?.TotalCount ?? 0),
      0,
    )
    assert.equal(total, 2)
  })

  scenario('assembles a trace again when more of it comes', async (client) => {
    const { trace, documents: [first, second] } = shopTrace()
    const put = (document: object | undefined) =>
      client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [JSON.stringify(document)] }))
    const summary = async () => (await client.send(new GetTraceSummariesCommand(hour()))).TraceSummaries?.[0]
    await put(second)
    assert.equal((await summary())?.IsPartial, true)
    await put({ trace_id: trace, id: first?.id, name: 'shop', start_time: first?.start_time, in_progress: true })
    assert.equal((await summary())?.IsPartial, true)
    await put(first)
    const whole = await summary()
    assert.deepEqual([whole?.IsPartial, whole?.HasFault, whole?.EntryPoint?.Name], [false, true, 'shop'])
    const { Services = [] } = await client.send(new GetServiceGraphCommand(hour()))
    assert.deepEqual(
      Services.map(({ Name, SummaryStatistics }) => [Name, SummaryStatistics?.TotalCount]).sort(),
      [['carts', 1], ['clients', 1], ['payments', 1], ['shop', 1]],
    )
  })

  scenario('creates, updates and deletes groups', async (client) => {
    const names = async () => (await client.send(new GetGroupsCommand({}))).Groups?.map(({ GroupName }) => GroupName)
    assert.deepEqual(await names(), ['Default'])
    const { Group } = await client.send(
      new CreateGroupCommand({ GroupName: 'slow', FilterExpression: 'responsetime > 1' }),
    )
    assert.match(Group?.GroupARN ?? '', /^arn:aws:xray:.*:group\/slow\//)
    await assert.rejects(client.send(new CreateGroupCommand({ GroupName: 'slow' })), /exists already/)
    await assert.rejects(client.send(new CreateGroupCommand({ GroupName: 'bad', FilterExpression: '(' })), /Expected/)
    await client.send(new UpdateGroupCommand({ GroupARN: Group?.GroupARN, FilterExpression: 'fault' }))
    const got = await client.send(new GetGroupCommand({ GroupName: 'slow' }))
    assert.equal(got.Group?.FilterExpression, 'fault')
    await client.send(new DeleteGroupCommand({ GroupName: 'slow' }))
    await assert.rejects(client.send(new GetGroupCommand({ GroupName: 'slow' })), InvalidRequestException)
    assert.deepEqual(await names(), ['Default'])
  })

  scenario(
    'stores sampling rules, and divides reservoirs between clients',
    async (client) => {
      const rule = {
        RuleName: 'orders',
        ResourceARN: '*',
        Priority: 10,
        FixedRate: 0.5,
        ReservoirSize: 7,
        ServiceName: '*',
        ServiceType: '*',
        Host: '*',
        HTTPMethod: 'POST',
        URLPath: '/orders',
        Version: 1,
      }
      const created = await client.send(new CreateSamplingRuleCommand({ SamplingRule: rule }))
      assert.equal(created.SamplingRuleRecord?.SamplingRule?.FixedRate, 0.5)
      await assert.rejects(client.send(new CreateSamplingRuleCommand({ SamplingRule: rule })), /exists already/)
      await assert.rejects(
        client.send(new CreateSamplingRuleCommand({ SamplingRule: { ...rule, RuleName: 'x', FixedRate: 2 } })),
        /FixedRate/,
      )
      await client.send(new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleName: 'orders', FixedRate: 0.25 } }))
      const { SamplingRuleRecords = [] } = await client.send(new GetSamplingRulesCommand({}))
      assert.deepEqual(
        SamplingRuleRecords.map((
          record,
        ) => [record.SamplingRule?.RuleName, record.SamplingRule?.FixedRate, record.SamplingRule?.Priority]),
        [
          ['orders', 0.25, 10],
          ['Default', 0.05, 10_000],
        ],
      )
      const ask = async (ClientID: string) => {
        const statistics = {
          RuleName: 'orders',
          ClientID,
          Timestamp: new Date(),
          RequestCount: 10,
          SampledCount: 5,
          BorrowCount: 1,
        }
        const answer = await client.send(new GetSamplingTargetsCommand({ SamplingStatisticsDocuments: [statistics] }))
        return answer.SamplingTargetDocuments?.[0]
      }
      assert.equal((await ask('a'.repeat(24)))?.ReservoirQuota, 7)
      const shares = [(await ask('b'.repeat(24)))?.ReservoirQuota, (await ask('a'.repeat(24)))?.ReservoirQuota]
      assert.deepEqual(shares.sort(), [3, 4])
      const { SamplingStatisticSummaries: [seen] = [] } = await client.send(
        new GetSamplingStatisticSummariesCommand({}),
      )
      assert.deepEqual([seen?.RuleName, seen?.RequestCount], ['orders', 20])
      const unknown = await client.send(
        new GetSamplingTargetsCommand({
          SamplingStatisticsDocuments: [{
            RuleName: 'nope',
            ClientID: 'c'.repeat(24),
            Timestamp: new Date(),
            RequestCount: 1,
            SampledCount: 1,
          }],
        }),
      )
      assert.equal(unknown.UnprocessedStatistics?.[0]?.RuleName, 'nope')
      await assert.rejects(client.send(new DeleteSamplingRuleCommand({ RuleName: 'Default' })), /cannot be deleted/)
      await client.send(new DeleteSamplingRuleCommand({ RuleName: 'orders' }))
    },
  )

  test(`X-Ray API (${runtime}) keeps traces and groups over a SIGKILL`, async () => {
    const dir = mkdtempSync(join(folder, 'spool-'))
    const options = { runtime, dir, config: "{ export: { local: true }, queue: { batchWait: '10ms' } }" }
    const first = await AgentProcess.start(options)
    const client = xrayClient(first)
    await client.send(new CreateGroupCommand({ GroupName: 'kept', FilterExpression: 'fault' }))
    const ids = Array.from({ length: 40 }, () => hex(16))
    await fetch(`http://${first.address('otlp.http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: jsonRequest(ids.map((traceId) => ({ traceId, name: 'GET /' }))),
    })
    await waitFor(async () => (await (await first.admin('/status')).json()).queue.documents === 0, 'the delivery')
    await first.kill()
    client.destroy()
    const second = await AgentProcess.start(options)
    const again = xrayClient(second)
    const { TraceSummaries = [] } = await again.send(new GetTraceSummariesCommand(hour()))
    assert.deepEqual(
      TraceSummaries.map(({ Id = '' }) => Id).sort(),
      ids.map(toXrayTraceId).sort(),
    )
    assert.equal((await again.send(new GetGroupCommand({ GroupName: 'kept' }))).Group?.FilterExpression, 'fault')
    again.destroy()
    await second.stop()
  })
}
