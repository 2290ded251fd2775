import { byteAt } from '../bytes/byte-at.ts'
import { ValueType } from '../otlp/attribute-list.ts'
import { SpanKind, StatusCode } from '../otlp/span-view.ts'
import type { DocumentGroup } from '../segment/document-group.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { briefException, type Cause, causeOf } from './cause.ts'
import { FieldGroup } from './field-groups.ts'
import { JsonToken } from './json-token.ts'
import { K } from './known-keys.ts'
import { type AttributeRouting, routeAttributes } from './route-attributes.ts'
import { writeTraceId } from './trace-id.ts'
import { type TranslationContext, writeText } from './translation-context.ts'
import { writeAws } from './write-aws.ts'
import { writeDescription } from './write-description.ts'
import { writeHttp } from './write-http.ts'
import { writeLinks } from './write-links.ts'
import { chosenName, writeName, writeRemoteName, writeSegmentName } from './write-name.ts'
import { isSql, writeSql } from './write-sql.ts'

const text = {
  id: escapeJson('{"id":"'),
  traceId: escapeJson('","trace_id":'),
  parentId: escapeJson(',"parent_id":"'),
  name: escapeJson(',"name":'),
  start: escapeJson(',"start_time":'),
  end: escapeJson(',"end_time":'),
  inProgress: escapeJson(',"in_progress":true'),
  subsegment: escapeJson('"type":"subsegment",'),
  namespaceAws: escapeJson('"namespace":"aws",'),
  namespaceRemote: escapeJson('"namespace":"remote",'),
  error: escapeJson('"error":true,'),
  throttle: escapeJson('"throttle":true,'),
  fault: escapeJson('"fault":true,'),
  cause: escapeJson('"cause":'),
  user: escapeJson('"user":'),
}

/**
 * Which document of a span is written. A local root (`aws.span.kind` of Application Signals) that calls another service
 * becomes two: the call, which is the dependency, and the service that makes it.
 */
type Part = 'whole' | 'localRoot' | 'dependency' | 'service'

/** What is worked out once for both documents of a span. */
interface SharedParts {
  readonly cause: Cause | undefined
  readonly sql: boolean
  readonly routing: AttributeRouting
}

/**
 * Writes the documents of the context's span into `group`: one, or two for a local root that calls a remote service.
 * Then the call is a subsegment of a service segment that is made for it, with an id of its own.
 *
 * @param c its attributes must have been found
 * @param traceHash 32 bits, the same for all spans of a trace
 * @param isBrief whether most of what has no limit is left out
 * @throws {WireError} if an event, link or nested value is not well-formed; `group` may then hold a part of a document
 */
export function spanToSegment(group: DocumentGroup, c: TranslationContext, traceHash: number, isBrief = false): void {
  const cause = causeOf(c)
  const sql = isSql(c)
  const shared = { cause, sql, routing: routeAttributes(c, sql, cause?.statusText ?? -1) }
  const write = (part: Part, serviceId?: Uint8Array): void => {
    group.begin(isBrief)
    writeDocument(group.writer, c, shared, part, serviceId)
    if (group.end(traceHash)) return
    group.begin(true)
    writeDocument(group.writer, c, shared, part, serviceId)
    group.end(traceHash)
  }
  const { kind } = c.span
  if (!c.isLocalRoot) write('whole')
  else if (kind === SpanKind.server || kind === SpanKind.internal) write('localRoot')
  else {
    const serviceId = c.ids.next().slice()
    write('dependency', serviceId)
    write('service', serviceId)
  }
}

/** Writes one document. @param serviceId the id of the service segment, of a dependency and its service */
function writeDocument(
  w: DocumentWriter,
  c: TranslationContext,
  shared: SharedParts,
  part: Part,
  serviceId?: Uint8Array,
): void {
  const { span, resource } = c
  if (span.isOverLimits) w.noteCut('span')
  const isSubsegment = part === 'dependency' || (part === 'whole' && isInner(c))
  writeIds(w, c, part, serviceId)
  w.raw(text.name)
  writePartName(w, c, part)
  w.raw(text.start)
  w.time(span.startSeconds, span.startNanos)
  writeEnd(w, c)
  w.char(JsonToken.comma)
  if (isSubsegment) w.raw(text.subsegment)
  if (part === 'whole' || part === 'dependency') writeNamespace(w, c, part)
  writeStatus(w, c)
  if (shared.cause !== undefined && shared.cause.exceptions.length > 0) {
    writeCause(w, shared.cause)
  }
  w.raw(resource.origin)
  w.raw(resource.service)
  if ((c.fieldGroups & FieldGroup.user) !== 0) writeText(w, c, text.user, c.slot(K['enduser.id']))
  if (part !== 'service') writeHttp(w, c)
  writeAws(w, c, part !== 'service')
  if (shared.sql) writeSql(w, c)
  if (linksBelong(part, span.kind)) writeLinks(w, c)
  writeDescription(w, c, {
    routing: shared.routing,
    cause: shared.cause,
    withAttributes: part !== 'service',
    // The resource of a subsegment is that of its segment.
    withResource: !isInner(c) && (part !== 'dependency' || span.kind === SpanKind.consumer),
  })
  if (byteAt(w.bytes, w.length - 1) === JsonToken.comma) w.length--
  w.char(JsonToken.closeObject)
}

function writeCause(w: DocumentWriter, { exceptions, isCut }: Cause): void {
  const { maxText, maxExceptions, maxFrames } = w.limits
  if (isCut) w.noteCut('exceptions')
  w.raw(text.cause)
  if (maxExceptions === Infinity) w.json({ exceptions })
  else {
    if (exceptions.length > maxExceptions) w.noteCut('exceptions')
    w.json({
      exceptions: exceptions.slice(0, maxExceptions).map((exception) => briefException(exception, maxText, maxFrames)),
    })
  }
  w.char(JsonToken.comma)
}

function writeIds(w: DocumentWriter, c: TranslationContext, part: Part, serviceId?: Uint8Array): void {
  const { span } = c
  w.raw(text.id)
  if (part === 'service' && serviceId !== undefined) w.hex(serviceId, 0, serviceId.length)
  else w.hex(span.bytes, span.spanId.start, span.spanId.end - span.spanId.start)
  w.raw(text.traceId)
  writeTraceId(w, span.bytes, span.traceId)
  const isCall = part === 'dependency' && serviceId !== undefined
  if (!isCall && !span.hasParent) return
  w.raw(text.parentId)
  if (isCall) w.hex(serviceId, 0, serviceId.length)
  else w.hex(span.bytes, span.parentId.start, span.parentId.end - span.parentId.start)
  w.quote()
}

function writePartName(w: DocumentWriter, c: TranslationContext, part: Part): void {
  const list = c.span.attributes
  const remote = part === 'dependency' ? c.nonEmpty(c.slot(K['aws.remote.service'])) : -1
  if (remote >= 0) return writeRemoteName(w, c, remote)
  if (part !== 'service') return writeSegmentName(w, c)
  const local = c.nonEmpty(c.slot(K['aws.local.service']))
  const { attributes, serviceName } = c.resource
  if (local >= 0) writeName(w, list.bytes, list.start(local), list.end(local))
  else if (serviceName >= 0) writeName(w, attributes.bytes, attributes.start(serviceName), attributes.end(serviceName))
  else writeSegmentName(w, c)
}

function writeEnd(w: DocumentWriter, c: TranslationContext): void {
  const { span } = c
  const i = c.slot(K['aws.xray.inprogress'])
  if (i >= 0 && span.attributes.type(i) === ValueType.bool && span.attributes.low(i) === 1) {
    w.raw(text.inProgress)
    return
  }
  w.raw(text.end)
  w.time(span.endSeconds, span.endNanos)
}

function writeNamespace(w: DocumentWriter, c: TranslationContext, part: Part): void {
  const { kind } = c.span
  if (c.isAwsSdk || (c.slot(K['aws.service']) >= 0 && chosenName(c) < 0)) w.raw(text.namespaceAws)
  else if (kind === SpanKind.client || kind === SpanKind.producer || part === 'dependency') w.raw(text.namespaceRemote)
}

/** True if the span is a part of what its service did, and not the first of it: servers and consumers are always first. */
function isInner(c: TranslationContext): boolean {
  return c.span.hasParent && c.span.kind !== SpanKind.server && c.span.kind !== SpanKind.consumer
}

/** By the HTTP status: 4xx is an error, 429 a throttle too, 5xx a fault; else a fault if the span's status is error. */
function writeStatus(w: DocumentWriter, c: TranslationContext): void {
  let i = c.slot(K['http.status_code'])
  if (i < 0) i = c.slot(K['http.response.status_code'])
  const code = i < 0 ? 0 : c.span.attributes.int(i)
  if (code >= 400 && code < 500) {
    w.raw(text.error)
    if (code === 429) w.raw(text.throttle)
  } else if ((code >= 500 && code < 600) || c.span.statusCode === StatusCode.error) w.raw(text.fault)
}

/** A consumer's links point to the sender of the message, so they stay with the service; others go with the call. */
function linksBelong(part: Part, kind: number): boolean {
  if (part === 'dependency') return kind !== SpanKind.consumer
  return part !== 'service' || kind === SpanKind.consumer
}
