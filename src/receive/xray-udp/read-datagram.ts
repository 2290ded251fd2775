const LF = 0x0a
const CR = 0x0d
const decoder = new TextDecoder()
const usual = ['{"format": "json", "version": 1}\n', '{"format":"json","version":1}\n'].map((text) => Buffer.from(text))

/**
 * The document of a datagram: what stands behind the header line, byte for byte. A text instead of it says why there
 * is none.
 */
export function readDatagram(datagram: Buffer): Uint8Array | string {
  for (const header of usual) {
    if (datagram.length > header.length && header.equals(datagram.subarray(0, header.length))) {
      return documentOf(datagram, header.length)
    }
  }
  const end = datagram.indexOf(LF)
  if (end < 0) return 'the datagram has no header line'
  const flaw = headerFlaw(decoder.decode(datagram.subarray(0, end)))
  return flaw === '' ? documentOf(datagram, end + 1) : flaw
}

function headerFlaw(line: string): string {
  let header: unknown
  try {
    header = JSON.parse(line)
  } catch {
    return 'the header line is no JSON'
  }
  if (typeof header !== 'object' || header === null) return 'the header line is no JSON object'
  const { format, version }: { format?: unknown; version?: unknown } = header
  if (typeof format !== 'string' || format.toLowerCase() !== 'json') return 'the header names another format than json'
  return version === 1 ? '' : 'the header names another version than 1'
}

function documentOf(datagram: Buffer, start: number): Uint8Array | string {
  let end = datagram.length
  while (start < end && isSpace(datagram[start])) start++
  while (end > start && isSpace(datagram[end - 1])) end--
  if (start === end) return 'the datagram has no document'
  const first = datagram[start]
  const last = datagram[end - 1]
  const isWhole = (first === 0x7b && last === 0x7d) || (first === 0x5b && last === 0x5d)
  if (!isWhole) return 'the document is no JSON object or array'
  const document = new Uint8Array(datagram.buffer, datagram.byteOffset + start, end - start)
  try {
    // X-Ray does not say which document of a request it could not read, so none may go there.
    JSON.parse(decoder.decode(document))
    return document
  } catch {
    return 'the document is no JSON'
  }
}

function isSpace(c: number | undefined): boolean {
  return c === 0x20 || c === LF || c === CR || c === 0x09
}
