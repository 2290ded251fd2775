import { ValueType } from '../otlp/attribute-list.ts'
import { byteAt } from '../bytes/byte-at.ts'
import { K } from '../otlp/known-keys.ts'
import { ProtoReader } from '../otlp/proto-reader.ts'
import { isWord } from '../otlp/read-key-value.ts'
import { SpanKind } from '../otlp/span-view.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { readEvent } from './read-event.ts'
import { L, literal } from './literal.ts'
import { Role } from './roles.ts'
import type { SpanContext } from './span-context.ts'
import { writeText } from './write-text.ts'
import { isAddressText } from './server-host.ts'

const text = {
  http: literal('"http":{"request":{'),
  method: literal('"method":'),
  url: literal('"url":'),
  userAgent: literal('"user_agent":'),
  clientIp: literal('"client_ip":'),
  forwarded: literal('"x_forwarded_for":true,'),
  response: literal('},"response":{'),
  status: literal('"status":'),
  contentLength: literal('"content_length":'),
  end: literal('}},'),
}

/** Writes `http`, with a comma behind it, if the span is a request. */
export function writeHttp(w: DocumentWriter, c: SpanContext): void {
  if ((c.roles & Role.hasHttp) === 0) return
  const list = c.span.attributes
  w.raw(text.http)
  writeText(w, c, text.method, c.either(K['http.method'], K['http.request.method']))
  if ((c.roles & Role.hasUrl) !== 0 || isAddressAt(c, c.slot(K['network.peer.address']))) {
    w.raw(text.url)
    w.quote()
    writeUrl(w, c)
    w.quote()
    w.char(L.comma)
  }
  writeText(w, c, text.userAgent, c.either(K['http.user_agent'], K['user_agent.original']))
  writeClientAddress(w, c)
  if (byteAt(w.bytes, w.length - 1) === L.comma) w.length--
  w.raw(text.response)
  const status = c.either(K['http.status_code'], K['http.response.status_code'])
  if (status >= 0) {
    w.raw(text.status)
    if (list.type(status) === ValueType.int) w.int64(list.low(status), list.high(status))
    else w.int(0)
    w.char(L.comma)
  }
  w.raw(text.contentLength)
  writeSize(w, responseSize(c))
  w.raw(text.end)
}

/** `client_ip` comes from what a proxy forwarded, else from the peer; the first is marked by `x_forwarded_for`. */
function writeClientAddress(w: DocumentWriter, c: SpanContext): void {
  const client = c.slot(K['client.address'])
  const named = Math.max(c.nonEmpty(c.slot(K['http.client_ip'])), isAddressAt(c, client) ? client : -1)
  const peer = c.slot(K['net.peer.ip'])
  const stablePeer = c.slot(K['network.peer.address'])
  const hasStablePeer = isAddressAt(c, stablePeer)
  const oldPeer = c.nonEmpty(peer)
  let shown = named
  if (named < 0) {
    // Of two peers the one that stands first is taken.
    shown = hasStablePeer && (oldPeer < 0 || stablePeer < oldPeer) ? stablePeer : oldPeer
  }
  writeText(w, c, text.clientIp, shown)
  if (named >= 0 && peer < 0 && !hasStablePeer) w.raw(text.forwarded)
}

function isAddressAt(c: SpanContext, i: number): boolean {
  if (c.nonEmpty(i) < 0) return false
  const list = c.span.attributes
  return isAddressText(list.bytes, list.start(i), list.end(i))
}

/** Writes the characters of the request's URL: as given, or put together from its parts. */
function writeUrl(w: DocumentWriter, c: SpanContext): void {
  const whole = c.either(K['http.url'], K['url.full'])
  if (whole >= 0) return writeChars(w, c, whole)
  const scheme = c.either(K['http.scheme'], K['url.scheme'])
  if (scheme >= 0) writeChars(w, c, scheme)
  else w.ascii('http')
  w.ascii('://')
  let host = c.slot(K['http.host'])
  if (host >= 0) writeChars(w, c, host)
  else {
    let port: number
    if (c.span.kind === SpanKind.server) {
      host = c.slot(K['http.server_name'])
      if (host < 0) host = c.slot(K['net.host.name'])
      if (host < 0) host = c.slot(K['host.name'])
      if (host < 0) host = c.slot(K['server.address'])
      port = c.slot(K['net.host.port'])
      if (port < 0) port = c.slot(K['server.port'])
    } else {
      host = c.slot(K['net.peer.name'])
      if (host < 0) host = c.slot(K['net.peer.ip'])
      port = c.slot(K['net.peer.port'])
      if (c.nonEmpty(host) < 0 && c.nonEmpty(c.slot(K['server.address'])) >= 0) {
        // The exporter leaves the host out here; the stable conventions have it.
        host = c.slot(K['server.address'])
        port = c.slot(K['server.port'])
      }
    }
    if (host >= 0) writeChars(w, c, host)
    if (port >= 0 && !isDefaultPort(c, scheme, port)) {
      w.char(L.colon)
      writeChars(w, c, port)
    }
  }
  writePath(w, c)
}

function writePath(w: DocumentWriter, c: SpanContext): void {
  const target = c.slot(K['http.target'])
  if (target >= 0) return writeChars(w, c, target)
  const path = c.slot(K['url.path'])
  if (path >= 0) writeChars(w, c, path)
  else w.char(0x2f)
  const query = c.slot(K['url.query'])
  if (query < 0) return
  const list = c.span.attributes
  if (list.type(query) !== ValueType.string) return
  if (list.bytes[list.start(query)] !== 0x3f || list.end(query) === list.start(query)) w.char(0x3f)
  writeChars(w, c, query)
}

function isDefaultPort(c: SpanContext, scheme: number, port: number): boolean {
  const list = c.span.attributes
  const number = list.type(port) === ValueType.int ? list.int(port) : list.text(port)
  if (number === '') return true
  const isHttp = scheme < 0 || c.is(scheme, 'http')
  return (isHttp && Number(number) === 80) || (Number(number) === 443 && c.is(scheme, 'https'))
}

function writeChars(w: DocumentWriter, c: SpanContext, i: number): void {
  const list = c.span.attributes
  if (list.type(i) === ValueType.string) w.chars(list.bytes, list.start(i), list.end(i))
  else if (list.type(i) === ValueType.int) w.int64(list.low(i), list.high(i))
}

function writeSize(w: DocumentWriter, size: number): void {
  if (size >= 0 && size < 1e9) w.int(size)
  else w.ascii(String(size))
}

/** The bytes that were received as the answer, as the span or one of its message events says; 0 if unknown. */
function responseSize(c: SpanContext): number {
  const list = c.span.attributes
  const own = receivedSize(list, c.slot(K['message.type']), c.slot(K['messaging.message_payload_size_bytes']))
  if (own !== 0 || c.span.events.length === 0) return own
  const reader = new ProtoReader()
  reader.bytes = c.span.bytes
  for (const range of c.span.events) {
    const { attributes } = readEvent(reader, range, c.keys)
    const type = attributes.indexOf(K['message.type'])
    if (type < 0) continue
    const size = receivedSize(attributes, type, attributes.indexOf(K['messaging.message_payload_size_bytes']))
    if (size !== 0) return size
  }
  return 0
}

function receivedSize(list: SpanContext['span']['attributes'], type: number, size: number): number {
  if (type < 0 || size < 0 || list.type(type) !== ValueType.string) return 0
  return isWord(list.bytes, list.start(type), list.end(type), 'RECEIVED') ? list.int(size) : 0
}
