import { ValueType } from '../otlp/attribute-list.ts'
import { byteAt } from '../bytes/byte-at.ts'
import { K } from '../otlp/known-keys.ts'
import { SpanKind, StatusCode } from '../otlp/span-view.ts'
import type { DocumentSink } from '../segment/document-sink.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { type Spread, spreadAttributes } from './spread-attributes.ts'
import { writeAws } from './write-aws.ts'
import { type Cause, causeOf } from './cause.ts'
import { writeHttp } from './write-http.ts'
import { writeLinks } from './write-links.ts'
import { L, literal } from './literal.ts'
import { writeDescription } from './write-description.ts'
import { chosenName, writeName, writeRemoteName, writeSegmentName } from './write-name.ts'
import { Role } from './roles.ts'
import type { SpanContext } from './span-context.ts'
import { isSql, writeSql } from './write-sql.ts'
import { writeTraceId } from './write-trace-id.ts'
import { writeText } from './write-text.ts'

const text = {
  id: literal('{"id":"'),
  traceId: literal('","trace_id":'),
  parentId: literal(',"parent_id":"'),
  name: literal(',"name":'),
  start: literal(',"start_time":'),
  end: literal(',"end_time":'),
  inProgress: literal(',"in_progress":true'),
  subsegment: literal('"type":"subsegment",'),
  namespaceAws: literal('"namespace":"aws",'),
  namespaceRemote: literal('"namespace":"remote",'),
  error: literal('"error":true,'),
  throttle: literal('"throttle":true,'),
  fault: literal('"fault":true,'),
  cause: literal('"cause":'),
  user: literal('"user":'),
}

/**
 * Which document of a span is written. A local root that calls another service gives two: the call, and the service
 * that it belongs to (`aws.span.kind` of Application Signals).
 */
type Part = 'whole' | 'localRoot' | 'dependency' | 'service'

/** What both documents of a span share. */
interface Facts {
  readonly cause: Cause | undefined
  readonly sql: boolean
  readonly spread: Spread
}

/**
 * Writes the documents of one span into `sink`.
 *
 * One document, but two for a local root that calls a remote service: then the call is a subsegment of a service
 * segment that is made up, with an id of its own.
 */
export function spanToSegment(sink: DocumentSink, c: SpanContext, traceHash: number): void {
  const cause = causeOf(c)
  const sql = isSql(c)
  const facts = { cause, sql, spread: spreadAttributes(c, sql, cause?.statusText ?? -1) }
  const write = (part: Part, serviceId?: Uint8Array): void => {
    sink.begin()
    writeDocument(sink.writer, c, facts, part, serviceId)
    sink.end(traceHash)
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

function writeDocument(w: DocumentWriter, c: SpanContext, facts: Facts, role: Part, serviceId?: Uint8Array): void {
  const { span, resource } = c
  const isSubsegment = role === 'dependency' || (role === 'whole' && isInner(c))
  writeIds(w, c, role, serviceId)
  w.raw(text.name)
  writeRoleName(w, c, role)
  w.raw(text.start)
  w.time(span.startSeconds, span.startNanos)
  writeEnd(w, c)
  w.char(L.comma)
  if (isSubsegment) w.raw(text.subsegment)
  if (role === 'whole' || role === 'dependency') writeNamespace(w, c, role)
  writeStatus(w, c)
  if (facts.cause !== undefined && facts.cause.exceptions.length > 0) {
    w.raw(text.cause)
    w.json({ exceptions: facts.cause.exceptions })
    w.char(L.comma)
  }
  w.raw(resource.origin)
  w.raw(resource.service)
  if ((c.roles & Role.user) !== 0) writeText(w, c, text.user, c.slot(K['enduser.id']))
  if (role !== 'service') writeHttp(w, c)
  writeAws(w, c, role !== 'service')
  if (facts.sql) writeSql(w, c)
  if (linksBelong(role, span.kind)) writeLinks(w, c)
  writeDescription(w, c, {
    spread: facts.spread,
    cause: facts.cause,
    withAttributes: role !== 'service',
    // A subsegment has its resource from its segment.
    withResource: !isInner(c) && (role !== 'dependency' || span.kind === SpanKind.consumer),
  })
  if (byteAt(w.bytes, w.length - 1) === L.comma) w.length--
  w.char(L.close)
}

function writeIds(w: DocumentWriter, c: SpanContext, role: Part, serviceId?: Uint8Array): void {
  const { span } = c
  w.raw(text.id)
  if (role === 'service' && serviceId !== undefined) w.hex(serviceId, 0, serviceId.length)
  else w.hex(span.bytes, span.spanId.start, span.spanId.end - span.spanId.start)
  w.raw(text.traceId)
  writeTraceId(w, span.bytes, span.traceId)
  const isCall = role === 'dependency' && serviceId !== undefined
  if (!isCall && !span.hasParent) return
  w.raw(text.parentId)
  if (isCall) w.hex(serviceId, 0, serviceId.length)
  else w.hex(span.bytes, span.parentId.start, span.parentId.end - span.parentId.start)
  w.quote()
}

function writeRoleName(w: DocumentWriter, c: SpanContext, role: Part): void {
  const list = c.span.attributes
  const remote = role === 'dependency' ? c.nonEmpty(c.slot(K['aws.remote.service'])) : -1
  if (remote >= 0) return writeRemoteName(w, c, remote)
  if (role !== 'service') return writeSegmentName(w, c)
  const local = c.nonEmpty(c.slot(K['aws.local.service']))
  const { attributes, serviceName } = c.resource
  if (local >= 0) writeName(w, list.bytes, list.start(local), list.end(local))
  else if (serviceName >= 0) writeName(w, attributes.bytes, attributes.start(serviceName), attributes.end(serviceName))
  else writeSegmentName(w, c)
}

function writeEnd(w: DocumentWriter, c: SpanContext): void {
  const { span } = c
  const i = c.slot(K['aws.xray.inprogress'])
  if (i >= 0 && span.attributes.type(i) === ValueType.bool && span.attributes.low(i) === 1) {
    w.raw(text.inProgress)
    return
  }
  w.raw(text.end)
  w.time(span.endSeconds, span.endNanos)
}

function writeNamespace(w: DocumentWriter, c: SpanContext, role: Part): void {
  const { kind } = c.span
  if (c.isAwsSdk || (c.slot(K['aws.service']) >= 0 && chosenName(c) < 0)) w.raw(text.namespaceAws)
  else if (kind === SpanKind.client || kind === SpanKind.producer || role === 'dependency') w.raw(text.namespaceRemote)
}

/** True if the span is a part of what its service did, and not the first of it: a server or consumer always is. */
function isInner(c: SpanContext): boolean {
  return c.span.hasParent && c.span.kind !== SpanKind.server && c.span.kind !== SpanKind.consumer
}

/** By the HTTP status: 4xx is an error, 429 a throttle too, 5xx a fault; else a fault if the span's status is error. */
function writeStatus(w: DocumentWriter, c: SpanContext): void {
  let i = c.slot(K['http.status_code'])
  if (i < 0) i = c.slot(K['http.response.status_code'])
  const code = i < 0 ? 0 : c.span.attributes.int(i)
  if (code >= 400 && code < 500) {
    w.raw(text.error)
    if (code === 429) w.raw(text.throttle)
  } else if ((code >= 500 && code < 600) || c.span.statusCode === StatusCode.error) w.raw(text.fault)
}

/** A consumer's links lead to who sent the message, so they stay with the service; others go with the call. */
function linksBelong(role: Part, kind: number): boolean {
  if (role === 'dependency') return kind !== SpanKind.consumer
  return role !== 'service' || kind === SpanKind.consumer
}
