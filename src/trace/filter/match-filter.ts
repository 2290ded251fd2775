import type { CauseEntity, CauseException, CauseService, SegmentSummary, TraceIndex } from '../trace-index.ts'
import type { CauseStep, Expression, Flag, NumberName, Operator, Selector, TextName, Value } from './expression.ts'

/** Gives the expression of a group by its name or ARN; undefined if there is none. */
export type GroupLookup = (by: 'name' | 'arn', value: string) => Expression | undefined

/** What keywords are asked of: a trace, or a part of one. */
interface Subject {
  flag(name: Flag): boolean
  numbers(name: NumberName): readonly number[]
  texts(name: TextName): readonly string[]
  annotations(key: string): readonly Value[]
}

/** Whether a trace is one that the expression asks for. */
export function matchFilter(expression: Expression, facts: TraceIndex, groups: GroupLookup = () => undefined): boolean {
  return holds(expression, ofTrace(facts), facts, groups, 0)
}

function holds(
  expression: Expression,
  subject: Subject,
  facts: TraceIndex,
  groups: GroupLookup,
  depth: number,
): boolean {
  const again = (inner: Expression, of = subject): boolean => holds(inner, of, facts, groups, depth)
  switch (expression.kind) {
    case 'and':
      return again(expression.left) && again(expression.right)
    case 'or':
      return again(expression.left) || again(expression.right)
    case 'not':
      return !again(expression.of)
    case 'flag':
      return subject.flag(expression.name) === expression.is
    case 'number':
      return some(expression.operator, subject.numbers(expression.name), expression.value)
    case 'text':
      return some(expression.operator, subject.texts(expression.name), expression.value)
    case 'present':
      return isPresent(expression.name, subject)
    case 'annotation':
      return matchAnnotation(expression, subject)
    case 'service':
      return facts.occurrences.some((one) =>
        isSelected(one, expression.service) && (expression.that === undefined || again(expression.that, ofOne(one)))
      )
    case 'edge':
      return facts.calls.some(({ from, to, seen }) =>
        isSelected(facts.occurrences[from], expression.from) && isSelected(facts.occurrences[to], expression.to) &&
        (expression.that === undefined || again(expression.that, ofOne(seen)))
      )
    case 'group': {
      // A group may name another one; one that names itself ends somewhere.
      const group = depth > 5 ? undefined : groups(expression.by, expression.value)
      const isMember = group !== undefined && holds(group, ofTrace(facts), facts, groups, depth + 1)
      return isMember === (expression.operator === '=')
    }
    case 'cause':
      return causeParts(expression.part, facts.causes[expression.of]).some((part) =>
        expression.that === undefined || again(expression.that, part)
      )
    case 'path':
      return Object.values(facts.causes).flat().some((services) => followsPath(services, expression.steps))
  }
}

function isPresent(name: TextName | NumberName, subject: Subject): boolean {
  const isNumber = name === 'responsetime' || name === 'duration' || name === 'http.status' || name === 'index' ||
    name === 'coverage'
  return (isNumber ? subject.numbers(name) : subject.texts(name)).length > 0
}

function matchAnnotation(expression: Expression & { kind: 'annotation' }, subject: Subject): boolean {
  const values = subject.annotations(expression.key)
  const { operator, value } = expression
  if (operator === undefined || value === undefined) return values.length > 0
  const alike = values.filter((one) => typeof one === typeof value)
  return some(operator, alike, value)
}

/** Whether one of the values compares so; what is not there is not unequal to anything. */
function some(operator: Operator, values: readonly Value[], wanted: Value): boolean {
  return values.some((value) => compare(operator, value, wanted))
}

function compare(operator: Operator, value: Value, wanted: Value): boolean {
  switch (operator) {
    case '=':
      return value === wanted
    case '!=':
      return value !== wanted
    case '<':
      return value < wanted
    case '<=':
      return value <= wanted
    case '>':
      return value > wanted
    case '>=':
      return value >= wanted
    case 'CONTAINS':
      return String(value).includes(String(wanted))
    case 'BEGINSWITH':
      return String(value).startsWith(String(wanted))
    case 'ENDSWITH':
      return String(value).endsWith(String(wanted))
  }
}

function isSelected(one: SegmentSummary | undefined, { name, type, accountId }: Selector): boolean {
  // The client outside is no occurrence; it is named by its type only.
  if (one === undefined) return name === undefined && accountId === undefined && (type ?? 'client') === 'client'
  return (name === undefined || one.name === name) && (type === undefined || one.type === type) &&
    (accountId === undefined || one.accountId === accountId)
}

/** Simple keywords ask the entry of a trace; user, annotations and places any part of it. */
function ofTrace(facts: TraceIndex): Subject {
  const entry = facts.occurrences[facts.entry]
  const own = entry === undefined ? undefined : ofOne(entry)
  const ofAll = (name: TextName): string[] => facts.occurrences.flatMap((one) => textsOf(one, name))
  return {
    flag: (name) =>
      name === 'partial'
        ? facts.partial
        : name === 'inferred' || name === 'remote'
        ? facts.occurrences.some((one) => one[name])
        : own?.flag(name) ?? false,
    numbers: (name) =>
      name === 'duration'
        ? [facts.duration]
        : name === 'responsetime'
        ? [facts.responseTime]
        : own?.numbers(name) ?? [],
    texts: (name) =>
      name.startsWith('http.') || name === 'name' || name === 'type' ? own?.texts(name) ?? [] : ofAll(name),
    annotations: (key) => facts.occurrences.flatMap(({ annotations }) => valuesOf(annotations, key)),
  }
}

function ofOne(one: SegmentSummary): Subject {
  return {
    flag: (name) => one[name],
    numbers(name) {
      if (name === 'http.status') return one.status === undefined ? [] : [one.status]
      return name === 'responsetime' || name === 'duration' ? [one.responseTime] : []
    },
    texts: (name) => textsOf(one, name),
    annotations: (key) => valuesOf(one.annotations, key),
  }
}

function valuesOf(annotations: SegmentSummary['annotations'], key: string): Value[] {
  const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined
  return value === undefined ? [] : [value]
}

function textsOf(one: SegmentSummary, name: TextName): readonly string[] {
  const single = (value: string | undefined): string[] => (value === undefined ? [] : [value])
  switch (name) {
    case 'http.url':
      return single(one.url)
    case 'http.method':
      return single(one.method)
    case 'http.useragent':
      return single(one.userAgent)
    case 'http.clientip':
      return single(one.clientIp)
    case 'user':
      return single(one.user)
    case 'name':
      return [one.name]
    case 'type':
      return [one.type]
    case 'message':
      return one.messages
    case 'availabilityzone':
      return single(one.availabilityZone)
    case 'instance.id':
      return single(one.instanceId)
    case 'resource.arn':
      return one.arns
  }
}

function causeParts(part: 'service' | 'entity' | 'exception', paths: readonly (readonly CauseService[])[]): Subject[] {
  const services = paths.flatMap((path) => path.map((service, index) => ({ service, index })))
  if (part === 'service') return services.map(({ service, index }) => ofCause(service, index, service.entities))
  const entities = services.flatMap(({ service }) => service.entities.map((entity, index) => ({ entity, index })))
  if (part === 'entity') return entities.map(({ entity, index }) => ofCause(entity, index, [entity]))
  return entities.flatMap(({ entity, index }) =>
    entity.exceptions.map((exception) => ofException(exception, index, entity))
  )
}

function ofCause(of: CauseService | CauseEntity, index: number, entities: readonly CauseEntity[]): Subject {
  const isService = 'entities' in of
  return {
    flag: (
      name,
    ) => (name === 'inferred' ? isService && of.inferred : name === 'remote' ? !isService && of.remote : false),
    numbers: (name) =>
      name === 'index'
        ? [index]
        : name === 'coverage'
        ? [Math.max(0, ...entities.map(({ coverage }) => coverage))]
        : [],
    texts(name) {
      if (name === 'name') return [of.name]
      if (name === 'type') return isService ? [of.type] : []
      return name === 'message' ? entities.flatMap(({ exceptions }) => exceptions.map(({ message }) => message)) : []
    },
    annotations: () => [],
  }
}

function ofException({ name: type, message }: CauseException, index: number, { coverage }: CauseEntity): Subject {
  return {
    flag: () => false,
    numbers: (name) => (name === 'index' ? [index] : name === 'coverage' ? [coverage] : []),
    texts: (name) => (name === 'name' || name === 'type' ? [type] : name === 'message' ? [message] : []),
    annotations: () => [],
  }
}

/** Whether the services of a cause are those of the path, in order and from the start, with the entities named. */
function followsPath(services: readonly CauseService[], steps: readonly CauseStep[]): boolean {
  return steps.every(({ name, entities }, i) => {
    const service = services[i]
    return service?.name === name && entities.every((entity, k) => service.entities[k]?.name === entity)
  })
}
