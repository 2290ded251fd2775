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
/** Clients of a rule that are remembered; those beyond have the least share of its reservoir. */
const MAX_CLIENTS = 1000
/** Documents in GetSamplingTargets at most; X-Ray takes 25. */
const MAX_DOCUMENTS = 100
/** Characters of a client's id; X-Ray's have 24. */
const MAX_CLIENT_ID_LENGTH = 100
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

  /** GetSamplingTargets: counts what clients sampled, and divides the reservoirs among them. @throws {ApiError} if there are too many */
  targets(input: Json): TargetsAnswer {
    const now = this.now()
    const documents = listOf(input['SamplingStatisticsDocuments']).map(objectOf)
    if (documents.length > MAX_DOCUMENTS) {
      throw new ApiError(`SamplingStatisticsDocuments must be a list of at most ${MAX_DOCUMENTS}`)
    }
    const known = documents.filter((document) => this.#ruleOf(document) !== undefined)
    const byRule = Map.groupBy(known, (document) => textOf(document['RuleName']) ?? '')
    const shares = new Map([...byRule].map(([name, reports]) => [name, this.#report(name, reports, now)]))
    const targets: SamplingTarget[] = []
    const unprocessed: UnprocessedStatistics[] = []
    for (const document of documents) {
      const RuleName = textOf(document['RuleName']) ?? ''
      const rule = this.#ruleOf(document)
      if (rule === undefined) {
        unprocessed.push({ RuleName, ErrorCode: 'RuleNotFound', Message: `There is no rule ${RuleName}` })
        continue
      }
      targets.push({
        RuleName,
        FixedRate: rule.FixedRate,
        ReservoirQuota: shareOf(rule.ReservoirSize, shares.get(RuleName) ?? new Map(), clientOf(document)),
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

  #ruleOf(document: Json): SamplingRule | undefined {
    return this.records.get(textOf(document['RuleName']) ?? '')?.SamplingRule
  }

  /** Stores the reports of clients. @returns the places of all clients that still have a share, sorted by their ids */
  #report(rule: string, documents: readonly Json[], now: number): ReadonlyMap<string, number> {
    const clients = this.#reports.get(rule) ?? new Map<string, ClientReport>()
    this.#reports.set(rule, clients)
    for (const [id, { time }] of clients) if (now - time > CLIENT_TTL_S) clients.delete(id)
    for (const document of documents) {
      const client = clientOf(document)
      if (clients.size >= MAX_CLIENTS && !clients.has(client)) continue
      clients.set(client, {
        requests: numberOf(document['RequestCount']) ?? 0,
        sampled: numberOf(document['SampledCount']) ?? 0,
        borrowed: numberOf(document['BorrowCount']) ?? 0,
        time: now,
      })
    }
    return new Map([...clients.keys()].sort().map((client, place) => [client, place]))
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

/** A client's share of a reservoir; all shares of clients that are remembered add up to the whole. */
function shareOf(reservoir: number, places: ReadonlyMap<string, number>, client: string): number {
  const place = places.get(client) ?? Infinity
  const share = Math.floor(reservoir / places.size)
  return place < reservoir % places.size ? share + 1 : share
}

function clientOf(document: Json): string {
  return (textOf(document['ClientID']) ?? '').slice(0, MAX_CLIENT_ID_LENGTH)
}

function parse<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new ApiError(`${v.getDotPath(issue) ?? 'The input'}: ${issue.message}`)
}
