import type { CauseEntity, CauseException, CauseService, SegmentSummary, TraceIndex } from '../trace-index.ts'
import type { CauseStep, Expression, Flag, NumberName, Operator, Selector, TextName, Value } from './expression.ts'

/** Finds the expression of a group by its name or ARN. @returns undefined if there is no such group */
export type GroupLookup = (by: 'name' | 'arn', value: string) => Expression | undefined

/** What keywords are evaluated on: a trace, or a part of summary. */
interface Subject {
  flag(name: Flag): boolean
  numbers(name: NumberName): readonly number[]
  texts(name: TextName): readonly string[]
  annotations(key: string): readonly Value[]
}

/** Levels of groups whose expressions name other groups. */
const MAX_GROUP_DEPTH = 5

/** Whether a trace matches an expression. @param groups finds the groups that the expression names */
export function matchFilter(expression: Expression, trace: TraceIndex, groups: GroupLookup = () => undefined): boolean {
  return holds(expression, traceSubject(trace), trace, groups, 0, new Map())
}

/** @param members whether the trace is in a group, by depth and group: a group may be named many times, on each level */
function holds(
  expression: Expression,
  subject: Subject,
  trace: TraceIndex,
  groups: GroupLookup,
  depth: number,
  members: Map<string, boolean>,
): boolean {
  const holdsFor = (inner: Expression, other: Subject): boolean => holds(inner, other, trace, groups, depth, members)
  switch (expression.kind) {
    case 'and':
      return holdsFor(expression.left, subject) && holdsFor(expression.right, subject)
    case 'or':
      return holdsFor(expression.left, subject) || holdsFor(expression.right, subject)
    case 'not':
      return !holdsFor(expression.operand, subject)
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
      return trace.summaries.some((summary) =>
        isSelected(summary, expression.service) &&
        (expression.condition === undefined || holdsFor(expression.condition, segmentSubject(summary)))
      )
    case 'edge':
      return trace.calls.some(({ from, to, seen }) =>
        isSelected(trace.summaries[from], expression.from) && isSelected(trace.summaries[to], expression.to) &&
        (expression.condition === undefined || holdsFor(expression.condition, segmentSubject(seen)))
      )
    case 'group': {
      const key = `${depth} ${expression.by} ${expression.value}`
      let isMember = members.get(key)
      if (isMember === undefined) {
        // A group may name another group, and even itself.
        const group = depth > MAX_GROUP_DEPTH ? undefined : groups(expression.by, expression.value)
        isMember = group !== undefined && holds(group, traceSubject(trace), trace, groups, depth + 1, members)
        members.set(key, isMember)
      }
      return isMember === (expression.operator === '=')
    }
    case 'cause':
      return causeSubjects(expression.part, trace.causes[expression.cause]).some((part) =>
        expression.condition === undefined || holdsFor(expression.condition, part)
      )
    case 'path':
      return Object.values(trace.causes).flat().some((services) => followsPath(services, expression.steps))
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
  const sameType = values.filter((candidate) => typeof candidate === typeof value)
  return some(operator, sameType, value)
}

/** Whether the comparison holds for any of the values; it never does for an absent value, not even `!=`. */
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

function isSelected(summary: SegmentSummary | undefined, { name, type, accountId }: Selector): boolean {
  // The client outside of the trace has no summary; only its type selects it.
  if (summary === undefined) return name === undefined && accountId === undefined && (type ?? 'client') === 'client'
  return (name === undefined || summary.name === name) && (type === undefined || summary.type === type) &&
    (accountId === undefined || summary.accountId === accountId)
}

/** Simple keywords are about the entry of a trace; user, annotations, zones, instances and ARNs about any segment. */
function traceSubject(trace: TraceIndex): Subject {
  const { summaries, partial, duration, responseTime } = trace
  const entrySummary = summaries[trace.entry]
  const entry = entrySummary === undefined ? undefined : segmentSubject(entrySummary)
  const isOfEntry = (name: TextName): boolean => name.startsWith('http.') || name === 'name' || name === 'type'
  return {
    flag(name) {
      if (name === 'partial') return partial
      if (name === 'inferred' || name === 'remote') return summaries.some((summary) => summary[name])
      return entry?.flag(name) ?? false
    },
    numbers(name) {
      if (name === 'duration') return [duration]
      return name === 'responsetime' ? [responseTime] : entry?.numbers(name) ?? []
    },
    texts(name) {
      return isOfEntry(name) ? entry?.texts(name) ?? [] : summaries.flatMap((summary) => textsOf(summary, name))
    },
    annotations: (key) => summaries.flatMap(({ annotations }) => valuesOf(annotations, key)),
  }
}

function segmentSubject(summary: SegmentSummary): Subject {
  return {
    flag: (name) => summary[name],
    numbers(name) {
      if (name === 'http.status') return summary.status === undefined ? [] : [summary.status]
      return name === 'responsetime' || name === 'duration' ? [summary.responseTime] : []
    },
    texts: (name) => textsOf(summary, name),
    annotations: (key) => valuesOf(summary.annotations, key),
  }
}

function valuesOf(annotations: SegmentSummary['annotations'], key: string): Value[] {
  const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined
  return value === undefined ? [] : [value]
}

function textsOf(summary: SegmentSummary, name: TextName): readonly string[] {
  const single = (value: string | undefined): string[] => (value === undefined ? [] : [value])
  switch (name) {
    case 'http.url':
      return single(summary.url)
    case 'http.method':
      return single(summary.method)
    case 'http.useragent':
      return single(summary.userAgent)
    case 'http.clientip':
      return single(summary.clientIp)
    case 'user':
      return single(summary.user)
    case 'name':
      return [summary.name]
    case 'type':
      return [summary.type]
    case 'message':
      return summary.messages
    case 'availabilityzone':
      return single(summary.availabilityZone)
    case 'instance.id':
      return single(summary.instanceId)
    case 'resource.arn':
      return summary.arns
  }
}

/** The parts of root causes that a keyword is about, each as a subject. */
function causeSubjects(
  part: 'service' | 'entity' | 'exception',
  paths: readonly (readonly CauseService[])[],
): Subject[] {
  const services = paths.flatMap((path) => path.map((service, index) => ({ service, index })))
  if (part === 'service') return services.map(({ service, index }) => causeSubject(service, index, service.entities))
  const entities = services.flatMap(({ service }) => service.entities.map((entity, index) => ({ entity, index })))
  if (part === 'entity') return entities.map(({ entity, index }) => causeSubject(entity, index, [entity]))
  return entities.flatMap(({ entity, index }) =>
    entity.exceptions.map((exception) => exceptionSubject(exception, index, entity))
  )
}

/** @param index its position in the path @param entities the entities in it */
function causeSubject(cause: CauseService | CauseEntity, index: number, entities: readonly CauseEntity[]): Subject {
  const isService = 'entities' in cause
  return {
    flag(name) {
      if (name === 'inferred') return isService && cause.inferred
      return name === 'remote' && !isService && cause.remote
    },
    numbers(name) {
      if (name === 'index') return [index]
      return name === 'coverage' ? [Math.max(0, ...entities.map(({ coverage }) => coverage))] : []
    },
    texts(name) {
      if (name === 'name') return [cause.name]
      if (name === 'type') return isService ? [cause.type] : []
      return name === 'message' ? entities.flatMap(({ exceptions }) => exceptions.map(({ message }) => message)) : []
    },
    annotations: () => [],
  }
}

function exceptionSubject({ name: type, message }: CauseException, index: number, { coverage }: CauseEntity): Subject {
  return {
    flag: () => false,
    numbers: (name) => (name === 'index' ? [index] : name === 'coverage' ? [coverage] : []),
    texts: (name) => (name === 'name' || name === 'type' ? [type] : name === 'message' ? [message] : []),
    annotations: () => [],
  }
}

/** Whether a root cause starts with the services of the steps, in order, each with the entities that its step names. */
function followsPath(services: readonly CauseService[], steps: readonly CauseStep[]): boolean {
  return steps.every(({ name, entities }, i) => {
    const service = services[i]
    return service?.name === name && entities.every((entity, k) => service.entities[k]?.name === entity)
  })
}
