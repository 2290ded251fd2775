import { byteAt } from '../bytes/byte-at.ts'
import { ByteKeyedCache } from '../bytes/byte-keyed-cache.ts'
import { bytesEqualText } from '../bytes/bytes-equal-text.ts'
import { cutUtf8 } from '../bytes/cut-utf8.ts'
import { MAX_TEXT_BYTES } from '../otlp/limits.ts'
import { SpanKind } from '../otlp/span-view.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { K } from './known-keys.ts'
import { serverHost } from './server-host.ts'
import type { TranslationContext } from './translation-context.ts'

/** The longest name that X-Ray takes, in characters. */
export const MAX_NAME = 200
/** More characters than a host has. */
const MAX_HOST = 1024
const decoder = new TextDecoder()
const forbidden = /[^ 0-9\p{L}_.:/%&#=+\-@]/gu
const allowed = new Uint8Array(128)
for (let c = 0; c < 128; c++) allowed[c] = /[ 0-9A-Za-z_.:/%&#=+\-@]/.test(String.fromCharCode(c)) ? 1 : 0

/** Writes a segment's name, from the first of its sources that is there, in the order of the Collector's exporter. */
export function writeSegmentName(w: DocumentWriter, c: TranslationContext): void {
  const { span, resource } = c
  const list = span.attributes
  const find = (id: number): number => c.nonEmpty(c.slot(id))
  let i = chosenName(c)
  if (i >= 0 && list.key(i).id === K['aws.remote.service']) return writeRemoteName(w, c, i)
  if (i < 0) i = find(K['aws.service'])
  if (i < 0) {
    i = find(K['db.name'])
    if (i < 0) i = find(K['db.namespace'])
    if (i >= 0) {
      return writeName(w, list.bytes, list.start(i), list.end(i), databaseHost(c))
    }
  }
  if (i < 0 && span.kind === SpanKind.server && resource.serviceName >= 0) {
    const { attributes, serviceName } = resource
    return writeName(w, attributes.bytes, attributes.start(serviceName), attributes.end(serviceName))
  }
  if (i < 0) i = find(K['rpc.service'])
  if (i < 0) i = find(K['http.host'])
  if (i < 0) i = find(K['net.peer.name'])
  if (i < 0) return writeName(w, span.bytes, span.name.start, span.name.end)
  writeName(w, list.bytes, list.start(i), list.end(i))
}

/** The index of the attribute that is meant to name the segment: of Application Signals, or `peer.service`; or -1. */
export function chosenName(c: TranslationContext): number {
  const { kind } = c.span
  let i = -1
  if (kind === SpanKind.server || (kind === SpanKind.internal && c.isLocalRoot)) {
    i = c.nonEmpty(c.slot(K['aws.local.service']))
  } else if (kind === SpanKind.client || kind === SpanKind.producer || kind === SpanKind.consumer) {
    i = c.nonEmpty(c.slot(K['aws.remote.service']))
  }
  return i >= 0 ? i : c.nonEmpty(c.slot(K['peer.service']))
}

/** Writes the name of a remote service, the attribute at `i`; for AWS SDK calls without its prefix, as X-Ray names them. */
export function writeRemoteName(w: DocumentWriter, c: TranslationContext, i: number): void {
  const list = c.span.attributes
  let start = list.start(i)
  const end = list.end(i)
  if (c.isAwsSdk) {
    if (bytesEqualText(list.bytes, start, Math.min(end, start + 8), 'AWS.SDK.')) start += 8
    else if (bytesEqualText(list.bytes, start, Math.min(end, start + 5), 'AWS::')) start += 5
  }
  writeName(w, list.bytes, start, end)
}

/**
 * Writes the name `bytes[start, end)`, UTF-8, and `@host` after it if there is a host. Characters that X-Ray does not
 * take are left out, and it is cut at 200; it is `span` if nothing is left.
 *
 * @param host ASCII
 */
export function writeName(w: DocumentWriter, bytes: Uint8Array, start: number, end: number, host = ''): void {
  if (end > start && end - start + host.length < MAX_NAME && isPlain(bytes, start, end)) {
    w.quote()
    w.chars(bytes, start, end)
    if (host !== '') {
      w.char(0x40)
      w.ascii(host)
    }
    return w.quote()
  }
  const part = bytes.subarray(start, cutUtf8(bytes, start, end, MAX_TEXT_BYTES))
  w.text(cleanName(decoder.decode(part) + (host === '' ? '' : '@' + host)))
}

/** See {@link writeName}. */
export function cleanName(name: string): string {
  const clean = name.toWellFormed().replace(forbidden, '')
  if (clean.length <= MAX_NAME) return clean || 'span'
  return [...clean.slice(0, 2 * MAX_NAME)].slice(0, MAX_NAME).join('')
}

function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = byteAt(bytes, i)
    if (c > 127 || allowed[c] === 0) return false
  }
  return true
}

/** Longer connection strings are parsed each time, so that they cannot fill the memory; in bytes. */
const MAX_CACHED_BYTES = 1024
const hostsOfConnections = new ByteKeyedCache<string>(256)
const hostsOfAddresses = new ByteKeyedCache<string>(256)

/** The database server's host, with the characters that a name may have; empty if it is not known. */
function databaseHost(c: TranslationContext): string {
  const list = c.span.attributes
  const connection = c.slot(K['db.connection_string'])
  const i = connection >= 0 || c.slot(K['db.namespace']) < 0 ? connection : c.slot(K['server.address'])
  if (c.nonEmpty(i) < 0) return ''
  const start = list.start(i)
  const end = list.end(i)
  const isConnection = i === connection
  const hosts = isConnection ? hostsOfConnections : hostsOfAddresses
  const known = hosts.get(list.bytes, start, end)
  if (known !== undefined) return known
  const text = list.text(i)
  const server = isConnection ? serverHost(text.replace(/^jdbc:/, '')) : text
  const host = server.replace(/[^0-9A-Za-z_.:-]/g, '').slice(0, MAX_HOST)
  if (end - start <= MAX_CACHED_BYTES) hosts.set(list.bytes.slice(start, end), host)
  return host
}
