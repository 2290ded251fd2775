import { isDeeperThan } from '../../bytes/is-deeper-than.ts'

const LF = 0x0a
const CR = 0x0d
/** Levels of objects and lists; readers of JSON refuse far deeper ones, AWS's at 1,000. */
const MAX_DEPTH = 500
const MAX_HEADER_BYTES = 1000
const decoder = new TextDecoder()
const commonHeaders = ['{"format": "json", "version": 1}\n', '{"format":"json","version":1}\n'].map((text) =>
  Buffer.from(text)
)

/**
 * Reads the document of a datagram: what follows the header line, byte for byte.
 *
 * @returns the document, or a text that says why there is none
 */
export function readDatagram(datagram: Buffer): Uint8Array | string {
  for (const header of commonHeaders) {
    if (datagram.length > header.length && header.equals(datagram.subarray(0, header.length))) {
      return documentOf(datagram, header.length)
    }
  }
  const end = datagram.indexOf(LF)
  if (end < 0) return 'the datagram has no header line'
  if (end > MAX_HEADER_BYTES) return `the header line has over ${MAX_HEADER_BYTES} bytes`
  const issue = headerIssue(decoder.decode(datagram.subarray(0, end)))
  return issue === '' ? documentOf(datagram, end + 1) : issue
}

/** @returns an empty text if the header is valid */
function headerIssue(line: string): string {
  let header: unknown
  try {
    header = JSON.parse(line)
  } catch {
    return 'the header line is not JSON'
  }
  if (typeof header !== 'object' || header === null) return 'the header line is not a JSON object'
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
  if (!isWhole) return 'the document is not a JSON object or array'
  const document = new Uint8Array(datagram.buffer, datagram.byteOffset + start, end - start)
  const text = decoder.decode(document)
  if (isDeeperThan(MAX_DEPTH, text)) return `the document is nested deeper than ${MAX_DEPTH} levels`
  try {
    // X-Ray does not say which document of a request it could not read, so none may be sent.
    JSON.parse(text)
    return document
  } catch {
    return 'the document is not JSON'
  }
}

function isSpace(c: number | undefined): boolean {
  return c === 0x20 || c === LF || c === CR || c === 0x09
}
