/** How two values are compared. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH'

/** A value that an expression compares with. */
export type Value = string | number | boolean

/** Keywords that hold or do not hold. */
export const flags = [
  'ok',
  'error',
  'throttle',
  'fault',
  'partial',
  'inferred',
  'first',
  'last',
  'remote',
  'root',
] as const
/** One of {@link flags}. */
export type Flag = typeof flags[number]

/** Keywords whose values are numbers. */
export const numbers = ['responsetime', 'duration', 'http.status', 'index', 'coverage'] as const
/** One of {@link numbers}. */
export type NumberName = typeof numbers[number]

/** Keywords whose values are texts. */
export const texts = [
  'http.url',
  'http.method',
  'http.useragent',
  'http.clientip',
  'user',
  'name',
  'type',
  'message',
  'availabilityzone',
  'instance.id',
  'resource.arn',
] as const
/** One of {@link texts}. */
export type TextName = typeof texts[number]

/** Selects services; an undefined member matches any value. */
export interface Selector {
  readonly name?: string
  readonly type?: string
  readonly accountId?: string
}

/** A step of `rootcause.json`: a service, and the names of the entities in it on the path to the cause. */
export interface CauseStep {
  readonly name: string
  readonly entities: readonly string[]
}

/** A kind of root cause. */
export type CauseKind = 'fault' | 'error' | 'responsetime'

/** A filter expression of GetTraceSummaries, as a tree. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'flag'; readonly name: Flag; readonly is: boolean }
  | { readonly kind: 'number'; readonly name: NumberName; readonly operator: Operator; readonly value: number }
  | { readonly kind: 'text'; readonly name: TextName; readonly operator: Operator; readonly value: string }
  | { readonly kind: 'present'; readonly name: TextName | NumberName }
  | { readonly kind: 'annotation'; readonly key: string; readonly operator?: Operator; readonly value?: Value }
  | { readonly kind: 'service'; readonly service: Selector; readonly condition?: Expression | undefined }
  | {
    readonly kind: 'edge'
    readonly from: Selector
    readonly to: Selector
    readonly condition?: Expression | undefined
  }
  | { readonly kind: 'group'; readonly by: 'name' | 'arn'; readonly operator: '=' | '!='; readonly value: string }
  | {
    readonly kind: 'cause'
    readonly cause: CauseKind
    readonly part: 'service' | 'entity' | 'exception'
    readonly condition?: Expression | undefined
  }
  | { readonly kind: 'path'; readonly steps: readonly CauseStep[] }
