import { byteAt } from '../bytes/byte-at.ts'
import { K } from '../otlp/known-keys.ts'
import { SpanKind } from '../otlp/span-view.ts'
import { isWord } from '../otlp/read-key-value.ts'
import type { DocumentWriter } from '../segment/document-writer.ts'
import { ByteMemo } from '../otlp/byte-memo.ts'
import type { SpanContext } from './span-context.ts'
import { serverHost } from './server-host.ts'

/** X-Ray's limit, in characters. */
export const MAX_NAME = 200
const decoder = new TextDecoder()
const forbidden = /[^ 0-9\p{L}_.:/%&#=+\-@]/gu
const allowed = new Uint8Array(128)
for (let c = 0; c < 128; c++) allowed[c] = /[ 0-9A-Za-z_.:/%&#=+\-@]/.test(String.fromCharCode(c)) ? 1 : 0

/** Where a segment's name comes from, in the order in which X-Ray's own exporter looks. */
export function writeSegmentName(w: DocumentWriter, c: SpanContext): void {
  const { span, resource } = c
  const list = span.attributes
  const named = (id: number): number => c.nonEmpty(c.slot(id))
  let i = chosenName(c)
  if (i >= 0 && list.key(i).id === K['aws.remote.service']) return writeRemoteName(w, c, i)
  if (i < 0) i = named(K['aws.service'])
  if (i < 0) {
    i = named(K['db.name'])
    if (i < 0) i = named(K['db.namespace'])
    if (i >= 0) {
      return writeName(w, list.bytes, list.start(i), list.end(i), databaseHost(c))
    }
  }
  if (i < 0 && span.kind === SpanKind.server && resource.serviceName >= 0) {
    const own = resource.attributes
    return writeName(w, own.bytes, own.start(resource.serviceName), own.end(resource.serviceName))
  }
  if (i < 0) i = named(K['rpc.service'])
  if (i < 0) i = named(K['http.host'])
  if (i < 0) i = named(K['net.peer.name'])
  if (i < 0) return writeName(w, span.bytes, span.name.start, span.name.end)
  writeName(w, list.bytes, list.start(i), list.end(i))
}

/** The attribute that names the segment on purpose: of Application Signals, or `peer.service`; or -1. */
export function chosenName(c: SpanContext): number {
  const { kind } = c.span
  let i = -1
  if (kind === SpanKind.server || (kind === SpanKind.internal && c.isLocalRoot)) {
    i = c.nonEmpty(c.slot(K['aws.local.service']))
  } else if (kind === SpanKind.client || kind === SpanKind.producer || kind === SpanKind.consumer) {
    i = c.nonEmpty(c.slot(K['aws.remote.service']))
  }
  return i >= 0 ? i : c.nonEmpty(c.slot(K['peer.service']))
}

/** Writes the name of a remote service; of AWS SDK calls without its prefix, as X-Ray knows them. */
export function writeRemoteName(w: DocumentWriter, c: SpanContext, i: number): void {
  const list = c.span.attributes
  let start = list.start(i)
  const end = list.end(i)
  if (c.isAwsSdk) {
    if (isWord(list.bytes, start, Math.min(end, start + 8), 'AWS.SDK.')) start += 8
    else if (isWord(list.bytes, start, Math.min(end, start + 5), 'AWS::')) start += 5
  }
  writeName(w, list.bytes, start, end)
}

/** Writes a name, and `@host` behind it if there is one, as X-Ray allows it: other characters are left out, and it is cut at 200; `span` if nothing is left. */
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
  w.text(cleanName(decoder.decode(bytes.subarray(start, end)) + (host === '' ? '' : '@' + host)))
}

/** See {@link writeName}. */
export function cleanName(name: string): string {
  const clean = name.toWellFormed().replace(forbidden, '')
  return [...clean].slice(0, MAX_NAME).join('') || 'span'
}

function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = byteAt(bytes, i)
    if (c > 127 || allowed[c] === 0) return false
  }
  return true
}

const hosts = new ByteMemo<string>(256)

/** The server's host, as far as a name may have it. */
function databaseHost(c: SpanContext): string {
  const list = c.span.attributes
  const connection = c.slot(K['db.connection_string'])
  const i = connection >= 0 || c.slot(K['db.namespace']) < 0 ? connection : c.slot(K['server.address'])
  if (c.nonEmpty(i) < 0) return ''
  const read = (): string => {
    const text = list.text(i)
    return (i === connection ? serverHost(text.replace(/^jdbc:/, '')) : text).replace(/[^0-9A-Za-z_.:-]/g, '')
  }
  return hosts.find(list.bytes, list.start(i), list.end(i), read)
}
