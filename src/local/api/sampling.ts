import * as v from 'valibot'
import { type Json, listOf, numberOf, objectOf, textOf } from '../../bytes/json.ts'
import type { SavedSettings } from '../store/saved-settings.ts'
import { ApiError } from './api-error.ts'

const text = (most: number) => v.pipe(v.string(), v.maxLength(most))
const fields = {
  ResourceARN: v.optional(text(500), '*'),
  Priority: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9999)),
  FixedRate: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  ReservoirSize: v.pipe(v.number(), v.integer(), v.minValue(0)),
  ServiceName: text(64),
  ServiceType: text(64),
  Host: text(64),
  HTTPMethod: text(10),
  URLPath: text(128),
  Attributes: v.optional(v.record(v.string(), v.string()), {}),
}
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(32))
const ruleSchema = v.object({ ...fields, RuleName: name, Version: v.optional(v.literal(1), 1) })
const updateSchema = v.partial(v.object(fields))

/** A sampling rule (https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html). */
type Rule = v.InferOutput<typeof ruleSchema>

/** A rule as it is kept, with Unix seconds. */
export interface RuleRecord {
  readonly SamplingRule: Rule & { readonly RuleARN: string }
  readonly CreatedAt: number
  readonly ModifiedAt: number
}

interface ClientReport {
  readonly requests: number
  readonly sampled: number
  readonly borrowed: number
  /** Unix seconds. */
  readonly time: number
}

/** A client that was not heard of for so long gets no share of a reservoir any more, in seconds. */
const FORGET_S = 30
/** How often clients are to ask, and how long their share holds, in seconds. */
const INTERVAL_S = 10
const EVERYTHING = { ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*' }

/** The sampling rules, and the shares that clients have in them. */
export class Sampling {
  /** Reports by rule and client. */
  readonly #reports = new Map<string, Map<string, ClientReport>>()
  #modified: number

  /** @param now gives Unix seconds */
  constructor(private readonly saved: SavedSettings<RuleRecord>, private readonly now: () => number) {
    if (saved.get('Default') === undefined) {
      const rule = { ...EVERYTHING, RuleName: 'Default', Priority: 10_000, FixedRate: 0.05, ReservoirSize: 1 }
      this.#save({ ...rule, ResourceARN: '*', Attributes: {}, Version: 1 }, now())
    }
    this.#modified = Math.max(...saved.all().map(({ ModifiedAt }) => ModifiedAt))
  }

  rules(): object {
    const records = this.saved.all().sort((a, b) => a.SamplingRule.Priority - b.SamplingRule.Priority)
    return { SamplingRuleRecords: records }
  }

  create(input: Json): object {
    const rule = parse(ruleSchema, input['SamplingRule'])
    if (this.saved.get(rule.RuleName) !== undefined) throw new ApiError(`The rule ${rule.RuleName} exists already`)
    return { SamplingRuleRecord: this.#save(rule, this.now()) }
  }

  update(input: Json): object {
    const wanted = objectOf(input['SamplingRuleUpdate'])
    const known = this.#find(wanted)
    const { RuleARN: _, ...rule } = known.SamplingRule
    const change = parse(updateSchema, wanted)
    if (rule.RuleName === 'Default' && Object.keys(wanted).some((key) => !/^(Rule|FixedRate|Reservoir)/.test(key))) {
      throw new ApiError('Of the default rule only FixedRate and ReservoirSize can be changed')
    }
    const given = Object.fromEntries(
      Object.keys(change).filter((key) => key in wanted).map((key) => [key, wanted[key]]),
    )
    return { SamplingRuleRecord: this.#save({ ...rule, ...given }, known.CreatedAt) }
  }

  delete(input: Json): object {
    const known = this.#find(input)
    const { RuleName } = known.SamplingRule
    if (RuleName === 'Default') throw new ApiError('The default rule cannot be deleted')
    this.saved.remove(RuleName)
    this.#reports.delete(RuleName)
    this.#modified = this.now()
    return { SamplingRuleRecord: known }
  }

  #find(input: Json): RuleRecord {
    const arn = textOf(input['RuleARN'])
    const wanted = textOf(input['RuleName']) ?? arn?.split('/').pop()
    const known = wanted === undefined ? undefined : this.saved.get(wanted)
    if (known === undefined) throw new ApiError(`There is no sampling rule ${wanted ?? 'without a name'}`)
    return known
  }

  #save(rule: Rule, created: number): RuleRecord {
    const RuleARN = `arn:aws:xray:us-east-1:000000000000:sampling-rule/${rule.RuleName}`
    const record = { SamplingRule: { ...rule, RuleARN }, CreatedAt: created, ModifiedAt: this.now() }
    this.saved.set(rule.RuleName, record)
    this.#modified = record.ModifiedAt
    return record
  }

  /** Takes what clients sampled, and gives each its share of the reservoir. */
  targets(input: Json): object {
    const now = this.now()
    const unprocessed: object[] = []
    const documents = listOf(input['SamplingStatisticsDocuments']).map(objectOf).flatMap((document) => {
      const rule = this.saved.get(textOf(document['RuleName']) ?? '')?.SamplingRule
      if (rule === undefined) {
        const RuleName = textOf(document['RuleName']) ?? ''
        unprocessed.push({ RuleName, ErrorCode: 'RuleNotFound', Message: `There is no rule ${RuleName}` })
        return []
      }
      const clients = this.#report(rule.RuleName, document, now)
      return [{
        RuleName: rule.RuleName,
        FixedRate: rule.FixedRate,
        ReservoirQuota: shareOf(rule.ReservoirSize, [...clients.keys()], textOf(document['ClientID']) ?? ''),
        ReservoirQuotaTTL: now + INTERVAL_S,
        Interval: INTERVAL_S,
      }]
    })
    return {
      SamplingTargetDocuments: documents,
      LastRuleModification: this.#modified,
      UnprocessedStatistics: unprocessed,
    }
  }

  #report(rule: string, document: Json, now: number): Map<string, ClientReport> {
    const clients = this.#reports.get(rule) ?? new Map<string, ClientReport>()
    this.#reports.set(rule, clients)
    clients.set(textOf(document['ClientID']) ?? '', {
      requests: numberOf(document['RequestCount']) ?? 0,
      sampled: numberOf(document['SampledCount']) ?? 0,
      borrowed: numberOf(document['BorrowCount']) ?? 0,
      time: now,
    })
    for (const [id, { time }] of clients) if (now - time > FORGET_S) clients.delete(id)
    return clients
  }

  /** What clients reported of late. */
  statistics(): object {
    const summaries = [...this.#reports].map(([RuleName, clients]) => {
      const reports = [...clients.values()]
      const sum = (of: (report: ClientReport) => number): number => reports.reduce((total, one) => total + of(one), 0)
      return {
        RuleName,
        Timestamp: Math.max(...reports.map(({ time }) => time)),
        RequestCount: sum(({ requests }) => requests),
        BorrowCount: sum(({ borrowed }) => borrowed),
        SampledCount: sum(({ sampled }) => sampled),
      }
    })
    return { SamplingStatisticSummaries: summaries }
  }
}

/** A client's part of a reservoir: all parts together are the whole. */
function shareOf(reservoir: number, clients: string[], client: string): number {
  const place = clients.sort().indexOf(client)
  const each = Math.floor(reservoir / clients.length)
  return place < reservoir % clients.length ? each + 1 : each
}

function parse<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new ApiError(`${v.getDotPath(issue) ?? 'The input'}: ${issue.message}`)
}
