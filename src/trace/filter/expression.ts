/** How two values are compared. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH'

/** A value of an expression. */
export type Value = string | number | boolean

/** Yes-or-no keywords. */
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

/** Keywords with a number. */
export const numbers = ['responsetime', 'duration', 'http.status', 'index', 'coverage'] as const
/** One of {@link numbers}. */
export type NumberName = typeof numbers[number]

/** Keywords with a text. */
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

/** Which service is meant; what is undefined may be anything. */
export interface Selector {
  readonly name?: string
  readonly type?: string
  readonly accountId?: string
}

/** A step of `rootcause.json`: a service, and the entities in it that the cause went through. */
export interface CauseStep {
  readonly name: string
  readonly entities: readonly string[]
}

/** What kind of root cause is meant. */
export type CauseKind = 'fault' | 'error' | 'responsetime'

/** A filter expression of GetTraceSummaries, as a tree. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'flag'; readonly name: Flag; readonly is: boolean }
  | { readonly kind: 'number'; readonly name: NumberName; readonly operator: Operator; readonly value: number }
  | { readonly kind: 'text'; readonly name: TextName; readonly operator: Operator; readonly value: string }
  | { readonly kind: 'present'; readonly name: TextName | NumberName }
  | { readonly kind: 'annotation'; readonly key: string; readonly operator?: Operator; readonly value?: Value }
  | { readonly kind: 'service'; readonly service: Selector; readonly that?: Expression | undefined }
  | {
    readonly kind: 'edge'
    readonly from: Selector
    readonly to: Selector
    readonly that?: Expression | undefined
  }
  | { readonly kind: 'group'; readonly by: 'name' | 'arn'; readonly operator: '=' | '!='; readonly value: string }
  | {
    readonly kind: 'cause'
    readonly of: CauseKind
    readonly part: 'service' | 'entity' | 'exception'
    readonly that?: Expression | undefined
  }
  | { readonly kind: 'path'; readonly steps: readonly CauseStep[] }
