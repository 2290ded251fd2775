import { byteAt } from '../bytes/byte-at.ts'
import { bytesEqualText } from '../bytes/bytes-equal-text.ts'
import { ValueType } from '../otlp/attribute-list.ts'
import { readEvent } from '../otlp/read-event.ts'
import { SpanKind } from '../otlp/span-view.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { type Attributes, indexOfKey } from './attribute-key.ts'
import { FieldGroup } from './field-groups.ts'
import { JsonToken } from './json-token.ts'
import { K } from './known-keys.ts'
import { isAddressText } from './server-host.ts'
import { type TranslationContext, writeText } from './translation-context.ts'

const text = {
  http: escapeJson('"http":{"request":{'),
  method: escapeJson('"method":'),
  url: escapeJson('"url":'),
  userAgent: escapeJson('"user_agent":'),
  clientIp: escapeJson('"client_ip":'),
  forwarded: escapeJson('"x_forwarded_for":true,'),
  response: escapeJson('},"response":{'),
  status: escapeJson('"status":'),
  contentLength: escapeJson('"content_length":'),
  end: escapeJson('}},'),
}

/** Writes `http` and a comma, if the span is a request. */
export function writeHttp(w: DocumentWriter, c: TranslationContext): void {
  if ((c.fieldGroups & FieldGroup.hasHttp) === 0) return
  const list = c.span.attributes
  w.raw(text.http)
  writeText(w, c, text.method, c.either(K['http.method'], K['http.request.method']))
  if ((c.fieldGroups & FieldGroup.hasUrl) !== 0 || isAddressAt(c, c.slot(K['network.peer.address']))) {
    w.raw(text.url)
    w.quote()
    writeUrl(w, c)
    w.quote()
    w.char(JsonToken.comma)
  }
  writeText(w, c, text.userAgent, c.either(K['http.user_agent'], K['user_agent.original']))
  writeClientAddress(w, c)
  if (byteAt(w.bytes, w.length - 1) === JsonToken.comma) w.length--
  w.raw(text.response)
  const status = c.either(K['http.status_code'], K['http.response.status_code'])
  if (status >= 0) {
    w.raw(text.status)
    if (list.type(status) === ValueType.int) w.int64(list.low(status), list.high(status))
    else w.int(0)
    w.char(JsonToken.comma)
  }
  w.raw(text.contentLength)
  writeSize(w, responseSize(c))
  w.raw(text.end)
}

/** Writes `client_ip`: what a proxy forwarded, marked by `x_forwarded_for`; else the peer. */
function writeClientAddress(w: DocumentWriter, c: TranslationContext): void {
  const client = c.slot(K['client.address'])
  const named = Math.max(c.nonEmpty(c.slot(K['http.client_ip'])), isAddressAt(c, client) ? client : -1)
  const peer = c.slot(K['net.peer.ip'])
  const stablePeer = c.slot(K['network.peer.address'])
  const hasStablePeer = isAddressAt(c, stablePeer)
  const oldPeer = c.nonEmpty(peer)
  let shown = named
  if (named < 0) {
    // Of two peers the first one is taken.
    shown = hasStablePeer && (oldPeer < 0 || stablePeer < oldPeer) ? stablePeer : oldPeer
  }
  writeText(w, c, text.clientIp, shown)
  if (named >= 0 && peer < 0 && !hasStablePeer) w.raw(text.forwarded)
}

function isAddressAt(c: TranslationContext, i: number): boolean {
  if (c.nonEmpty(i) < 0) return false
  const list = c.span.attributes
  return isAddressText(list.bytes, list.start(i), list.end(i))
}

/** Writes the characters of the request's URL: as it is in the span, or made of its parts. */
function writeUrl(w: DocumentWriter, c: TranslationContext): void {
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
        // The Collector's exporter leaves the host out here; the stable conventions have it.
        host = c.slot(K['server.address'])
        port = c.slot(K['server.port'])
      }
    }
    if (host >= 0) writeChars(w, c, host)
    if (port >= 0 && !isDefaultPort(c, scheme, port)) {
      w.char(JsonToken.colon)
      writeChars(w, c, port)
    }
  }
  writePath(w, c)
}

function writePath(w: DocumentWriter, c: TranslationContext): void {
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

function isDefaultPort(c: TranslationContext, scheme: number, port: number): boolean {
  const list = c.span.attributes
  const number = list.type(port) === ValueType.int ? list.int(port) : list.text(port)
  if (number === '') return true
  const isHttp = scheme < 0 || c.is(scheme, 'http')
  return (isHttp && Number(number) === 80) || (Number(number) === 443 && c.is(scheme, 'https'))
}

function writeChars(w: DocumentWriter, c: TranslationContext, i: number): void {
  const list = c.span.attributes
  if (list.type(i) === ValueType.string) w.chars(list.bytes, list.start(i), list.end(i))
  else if (list.type(i) === ValueType.int) w.int64(list.low(i), list.high(i))
}

function writeSize(w: DocumentWriter, size: number): void {
  if (size >= 0 && size < 1e9) w.int(size)
  else w.ascii(String(size))
}

/** The size of the response in bytes, as the span or one of its message events says; 0 if unknown. */
function responseSize(c: TranslationContext): number {
  const list = c.span.attributes
  const ofSpan = receivedSize(list, c.slot(K['message.type']), c.slot(K['messaging.message_payload_size_bytes']))
  if (ofSpan !== 0) return ofSpan
  for (const range of c.span.events) {
    const { attributes } = c.event
    readEvent(c.span.bytes, range, c.keys, c.event)
    const type = indexOfKey(attributes, K['message.type'])
    if (type < 0) continue
    const size = receivedSize(attributes, type, indexOfKey(attributes, K['messaging.message_payload_size_bytes']))
    if (size !== 0) return size
  }
  return 0
}

function receivedSize(list: Attributes, type: number, size: number): number {
  if (type < 0 || size < 0 || list.type(type) !== ValueType.string) return 0
  return bytesEqualText(list.bytes, list.start(type), list.end(type), 'RECEIVED') ? list.int(size) : 0
}
