import * as v from 'valibot'
import { type Json, listOf, numberOf, objectOf, textOf } from '../../bytes/json.ts'
import type { NamedRecords } from '../store/named-records.ts'
import { ApiError } from './request.ts'

const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength))
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
type SamplingRule = v.InferOutput<typeof ruleSchema>

/** A sampling rule as it is stored. */
export interface SamplingRuleRecord {
  readonly SamplingRule: SamplingRule & { readonly RuleARN: string }
  /** Unix seconds. */
  readonly CreatedAt: number
  readonly ModifiedAt: number
}

/** The answer to CreateSamplingRule, UpdateSamplingRule and DeleteSamplingRule. */
interface RuleAnswer {
  readonly SamplingRuleRecord: SamplingRuleRecord
}

/** What a client may sample by a rule until it asks again. */
interface SamplingTarget {
  readonly RuleName: string
  readonly FixedRate: number
  /** Requests per second. */
  readonly ReservoirQuota: number
  /** When the quota ends, in Unix seconds. */
  readonly ReservoirQuotaTTL: number
  /** Seconds until the client should ask again. */
  readonly Interval: number
}

/** Statistics of a client that name an unknown rule. */
interface UnprocessedStatistics {
  readonly RuleName: string
  readonly ErrorCode: string
  readonly Message: string
}

/** The answer to GetSamplingTargets. */
interface TargetsAnswer {
  readonly SamplingTargetDocuments: readonly SamplingTarget[]
  /** Unix seconds. */
  readonly LastRuleModification: number
  readonly UnprocessedStatistics: readonly UnprocessedStatistics[]
}

/** What clients reported of a rule, added up. */
interface RuleStatistics {
  readonly RuleName: string
  /** When a client reported last, in Unix seconds. */
  readonly Timestamp: number
  readonly RequestCount: number
  readonly BorrowCount: number
  readonly SampledCount: number
}

/** What a client reported of a rule. */
interface ClientReport {
  readonly requests: number
  readonly sampled: number
  readonly borrowed: number
  /** Unix seconds. */
  readonly time: number
}

/** A client that has not asked for this time has no share of a reservoir, in seconds. */
const CLIENT_TTL_S = 30
/** How often clients should ask, and how long their quota is valid, in seconds. */
const INTERVAL_S = 10
const DEFAULT_PRIORITY = 10_000
const EVERYTHING = { ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*' }

/** The sampling rules, and the shares of their reservoirs that clients have. */
export class Sampling {
  /** By rule and client. */
  readonly #reports = new Map<string, Map<string, ClientReport>>()
  /** When a rule was changed last, in Unix seconds. */
  #modified: number

  /** @param now returns Unix seconds */
  constructor(private readonly records: NamedRecords<SamplingRuleRecord>, private readonly now: () => number) {
    if (records.get('Default') === undefined) {
      const rule = { ...EVERYTHING, RuleName: 'Default', Priority: DEFAULT_PRIORITY, FixedRate: 0.05, ReservoirSize: 1 }
      this.#save({ ...rule, ResourceARN: '*', Attributes: {}, Version: 1 }, now())
    }
    this.#modified = Math.max(...records.all().map(({ ModifiedAt }) => ModifiedAt))
  }

  /** GetSamplingRules, by priority. */
  rules(): { readonly SamplingRuleRecords: readonly SamplingRuleRecord[] } {
    const records = this.records.all().sort((a, b) => a.SamplingRule.Priority - b.SamplingRule.Priority)
    return { SamplingRuleRecords: records }
  }

  /** CreateSamplingRule. @throws {ApiError} if it is not valid, or the name is taken */
  create(input: Json): RuleAnswer {
    const rule = parse(ruleSchema, input['SamplingRule'])
    if (this.records.get(rule.RuleName) !== undefined) throw new ApiError(`The rule ${rule.RuleName} exists already`)
    return { SamplingRuleRecord: this.#save(rule, this.now()) }
  }

  /** UpdateSamplingRule. @throws {ApiError} if there is no such rule, or the change is not valid */
  update(input: Json): RuleAnswer {
    const update = objectOf(input['SamplingRuleUpdate'])
    const record = this.#find(update)
    const { RuleARN: _, ...rule } = record.SamplingRule
    const valid = parse(updateSchema, update)
    if (rule.RuleName === 'Default' && Object.keys(update).some((key) => !/^(Rule|FixedRate|Reservoir)/.test(key))) {
      throw new ApiError('Of the default rule only FixedRate and ReservoirSize can be changed')
    }
    // Without the defaults of the schema.
    const changes = Object.fromEntries(Object.entries(valid).filter(([key]) => key in update))
    return { SamplingRuleRecord: this.#save({ ...rule, ...changes }, record.CreatedAt) }
  }

  /** DeleteSamplingRule. @throws {ApiError} if there is no such rule, or it is the default rule */
  delete(input: Json): RuleAnswer {
    const record = this.#find(input)
    const { RuleName } = record.SamplingRule
    if (RuleName === 'Default') throw new ApiError('The default rule cannot be deleted')
    this.records.delete(RuleName)
    this.#reports.delete(RuleName)
    this.#modified = this.now()
    return { SamplingRuleRecord: record }
  }

  #find(input: Json): SamplingRuleRecord {
    const ruleName = textOf(input['RuleName']) ?? textOf(input['RuleARN'])?.split('/').pop()
    const record = ruleName === undefined ? undefined : this.records.get(ruleName)
    if (record === undefined) throw new ApiError(`There is no sampling rule ${ruleName ?? 'without a name'}`)
    return record
  }

  #save(rule: SamplingRule, created: number): SamplingRuleRecord {
    const RuleARN = `arn:aws:xray:us-east-1:000000000000:sampling-rule/${rule.RuleName}`
    const record = { SamplingRule: { ...rule, RuleARN }, CreatedAt: created, ModifiedAt: this.now() }
    this.records.set(rule.RuleName, record)
    this.#modified = record.ModifiedAt
    return record
  }

  /** GetSamplingTargets: counts what clients sampled, and divides the reservoirs among them. */
  targets(input: Json): TargetsAnswer {
    const now = this.now()
    const targets: SamplingTarget[] = []
    const unprocessed: UnprocessedStatistics[] = []
    for (const document of listOf(input['SamplingStatisticsDocuments']).map(objectOf)) {
      const RuleName = textOf(document['RuleName']) ?? ''
      const rule = this.records.get(RuleName)?.SamplingRule
      if (rule === undefined) {
        unprocessed.push({ RuleName, ErrorCode: 'RuleNotFound', Message: `There is no rule ${RuleName}` })
        continue
      }
      const clients = [...this.#report(RuleName, document, now).keys()]
      targets.push({
        RuleName,
        FixedRate: rule.FixedRate,
        ReservoirQuota: shareOf(rule.ReservoirSize, clients, textOf(document['ClientID']) ?? ''),
        ReservoirQuotaTTL: now + INTERVAL_S,
        Interval: INTERVAL_S,
      })
    }
    return {
      SamplingTargetDocuments: targets,
      LastRuleModification: this.#modified,
      UnprocessedStatistics: unprocessed,
    }
  }

  /** Stores the report of a client. @returns the reports of all clients that still have a share */
  #report(rule: string, document: Json, now: number): Map<string, ClientReport> {
    const clients = this.#reports.get(rule) ?? new Map<string, ClientReport>()
    this.#reports.set(rule, clients)
    clients.set(textOf(document['ClientID']) ?? '', {
      requests: numberOf(document['RequestCount']) ?? 0,
      sampled: numberOf(document['SampledCount']) ?? 0,
      borrowed: numberOf(document['BorrowCount']) ?? 0,
      time: now,
    })
    for (const [id, { time }] of clients) if (now - time > CLIENT_TTL_S) clients.delete(id)
    return clients
  }

  /** GetSamplingStatisticSummaries: what clients reported last. */
  statistics(): { readonly SamplingStatisticSummaries: readonly RuleStatistics[] } {
    const summaries = [...this.#reports].map(([RuleName, clients]) => {
      const reports = [...clients.values()]
      const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
      return {
        RuleName,
        Timestamp: Math.max(...reports.map(({ time }) => time)),
        RequestCount: sum(reports.map(({ requests }) => requests)),
        BorrowCount: sum(reports.map(({ borrowed }) => borrowed)),
        SampledCount: sum(reports.map(({ sampled }) => sampled)),
      }
    })
    return { SamplingStatisticSummaries: summaries }
  }
}

/** A client's share of a reservoir; all shares add up to the whole. */
function shareOf(reservoir: number, clients: string[], client: string): number {
  const position = clients.sort().indexOf(client)
  const share = Math.floor(reservoir / clients.length)
  return position < reservoir % clients.length ? share + 1 : share
}

function parse<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new ApiError(`${v.getDotPath(issue) ?? 'The input'}: ${issue.message}`)
}
