import { randomBytes } from 'node:crypto'

const concat = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts))
const text = (value: string): Uint8Array => Buffer.from(value)
/** `size` bytes that repeat `unit`. */
const repeated = (unit: Uint8Array, size: number): Uint8Array => Buffer.alloc(size - size % unit.length, unit)

/** A field of bytes, a string or a message. */
function field(number: number, value: Uint8Array): Uint8Array {
  const head = [(number << 3) | 2]
  let size = value.length
  for (; size >= 0x80; size >>>= 7) head.push((size & 0x7f) | 0x80)
  return concat([Uint8Array.from([...head, size]), value])
}

const stringValue = (value: Uint8Array): Uint8Array => field(1, value)
const attribute = (key: string, value: Uint8Array): Uint8Array => concat([field(1, text(key)), field(2, value)])
const stringAttribute = (key: string, value: string): Uint8Array => attribute(key, stringValue(text(value)))
const attributeOf = (key: string, value: Uint8Array): Uint8Array => field(9, attribute(key, value))

/** A span with random ids and, besides, the given fields. */
function span(...fields: Uint8Array[]): Uint8Array {
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE(BigInt(Date.now()) * 1_000_000n)
  const times = concat([Uint8Array.of(7 << 3 | 1), time, Uint8Array.of(8 << 3 | 1), time])
  return field(
    2,
    concat([field(1, randomBytes(16)), field(2, randomBytes(8)), field(5, text('hostile')), times, ...fields]),
  )
}

function request(resource: readonly Uint8Array[], ...spans: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat([field(1, concat([field(1, concat(resource)), field(2, concat(spans))]))])
}

const ofLanguage = (language: string): Uint8Array[] => [field(1, stringAttribute('telemetry.sdk.language', language))]
const event = (name: string, ...attributes: Uint8Array[]): Uint8Array =>
  field(11, concat([field(2, text(name)), ...attributes.map((value) => field(3, value))]))
const exception = (stack: string | Uint8Array): Uint8Array =>
  event(
    'exception',
    stringAttribute('exception.type', 'E'),
    attribute('exception.stacktrace', stringValue(Buffer.from(stack))),
  )
/** As many items as fit into `size` bytes. */
function filled(size: number, item: (i: number) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  for (let i = 0, bytes = 0; bytes < size; i++) {
    const part = item(i)
    bytes += part.length
    parts.push(part)
  }
  return concat(parts)
}
const distinct = (i: number): string => i.toString(36).padStart(4, '0')
const empty = new Uint8Array(0)

/** A request, and whether it has so many spans that delivering them takes a while. */
export interface HostileRequest {
  /** Makes one of about `size` bytes. */
  readonly create: (size: number) => Uint8Array<ArrayBuffer>
  readonly hasManySpans: boolean
}

const bySize: Record<string, (size: number) => Uint8Array<ArrayBuffer>> = {
  'empty links': (size) => request([], span(repeated(field(13, empty), size))),
  'empty events': (size) => request([], span(repeated(field(11, empty), size))),
  'empty attributes': (size) => request([], span(repeated(field(9, empty), size))),
  'empty events in many spans': (size) => {
    const one = span(repeated(field(11, empty), 5000))
    return request([], repeated(one, size))
  },
  'exceptions without a stack': (size) => request([], span(repeated(event('exception'), size))),
  'a resource with distinct keys': (size) =>
    request([filled(size, (i) => field(1, stringAttribute(distinct(i), 'v')))], span()),
  'distinct attribute keys': (size) =>
    request([], span(filled(size, (i) => attributeOf(distinct(i), stringValue(text('v')))))),
  'distinct attribute keys in many spans': (size) =>
    request(
      [],
      filled(size, (n) => span(filled(60_000, (i) => attributeOf(distinct(n * 4000 + i), stringValue(text('v')))))),
    ),
  'keys that differ in few bytes': (size) =>
    request(
      [],
      filled(size, (n) =>
        span(filled(60_000, (i) =>
          attributeOf('k'.repeat(120) + distinct(n * 400 + i) + 'k'.repeat(120), stringValue(empty))))),
    ),
  'long keys': (size) =>
    request([], filled(size, (i) => span(attributeOf('k'.repeat(60_000) + i, stringValue(empty))))),
  'a text of control characters': (size) => request([], span(attributeOf('a', stringValue(Buffer.alloc(size, 1))))),
  'a name of control characters': (size) => request([], span(field(5, Buffer.alloc(size, 1)))),
  'a value of bytes': (size) => request([], span(attributeOf('a', field(7, Buffer.alloc(size, 7))))),
  'a list of empty maps': (size) =>
    request([], span(attributeOf('a', field(5, repeated(field(1, field(6, empty)), size))))),
  'empty maps in many spans': (size) =>
    request([], repeated(span(attributeOf('a', field(5, repeated(field(1, field(6, empty)), 60_000)))), size)),
  'a map of empty members': (size) => request([], span(attributeOf('a', field(6, repeated(field(1, empty), size))))),
  'minimal spans': (size) =>
    request([], repeated(field(2, concat([field(1, Buffer.alloc(16, 1)), field(2, Buffer.alloc(8, 1))])), size)),
  'a resource for each minimal span': (size) => {
    const spans = field(2, field(2, concat([field(1, Buffer.alloc(16, 1)), field(2, Buffer.alloc(8, 1))])))
    return filled(
      size,
      (i) => field(1, concat([field(1, field(1, stringAttribute('a', distinct(i)))), spans])),
    ) as Uint8Array<
      ArrayBuffer
    >
  },
  'a long resource with many spans': (size) =>
    request([field(1, attribute('a', stringValue(Buffer.alloc(size / 2, 0x61))))], repeated(span(), size / 2)),
  'a resource of 50 KB with many spans': (size) =>
    request([field(1, attribute('a', stringValue(Buffer.alloc(50_000, 0x61))))], repeated(span(), size)),
  'many spans that are a little too long': (size) =>
    request(
      [field(1, attribute('a', stringValue(Buffer.alloc(50_000, 0x61))))],
      repeated(span(attributeOf('b', stringValue(Buffer.alloc(16_000, 0x62)))), size),
    ),
  'names of log groups': (size) =>
    request([field(1, attribute('aws.log.group.names', stringValue(Buffer.alloc(size, '&'))))], span()),
  'names of log groups with many spans': (size) =>
    request(
      [field(1, attribute('aws.log.group.names', stringValue(Buffer.alloc(size / 2, '&'))))],
      repeated(span(), size / 2),
    ),
  'names to index with many spans': (size) =>
    request(
      [repeated(field(1, empty), 8192), field(1, stringAttribute('x', 'y'))],
      repeated(
        span(attributeOf('aws.xray.annotations', field(5, field(1, stringValue(text('otel.resource.x')))))),
        size,
      ),
    ),
  'connection strings': (size) =>
    request(
      [],
      filled(size, (i) =>
        span(
          attributeOf('db.name', stringValue(text('d'))),
          attributeOf('db.connection_string', stringValue(text(`//${'h'.repeat(60_000)}${i}`))),
        )),
    ),
  'an address of colons': (size) =>
    request(
      [],
      span(
        attributeOf('http.method', stringValue(text('GET'))),
        attributeOf('client.address', stringValue(Buffer.alloc(size, ':'))),
      ),
    ),
  'frames of JavaScript': (size) =>
    request(ofLanguage('nodejs'), span(exception(repeated(text('    at f (a:1)\n'), size)))),
  'causes of Java': (size) => request(ofLanguage('java'), span(exception(repeated(text('Caused by: a:b\n'), size)))),
  'a line of Go without a colon': (size) => request(ofLanguage('go'), span(exception('x\n\n' + 'a'.repeat(size)))),
  'a line of Go with many words': (size) =>
    request(ofLanguage('go'), span(exception('x\ngoroutine ' + 'running '.repeat(size / 8)))),
  'lines of Python': (size) => request(ofLanguage('python'), span(exception(repeated(text('  File \n'), size)))),
  'long stacks in several spans': (size) =>
    request(ofLanguage('java'), repeated(span(exception(repeated(text('\tat a.b.C(D.java:1)\n'), size / 4))), size)),
}

/**
 * Requests that are small on the wire, or legal at least, and that once cost seconds to hours and gigabytes; by what is
 * hostile about them.
 */
export const hostileRequests: Record<string, HostileRequest> = Object.fromEntries(
  Object.entries(bySize).map(([name, create]) => [name, { create, hasManySpans: /spans?$/.test(name) }]),
)
