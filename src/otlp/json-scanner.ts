import { byteAt } from '../bytes/byte-at.ts'
import { hexDigit } from '../bytes/hex-digit.ts'
import { RejectedError } from '../component/rejected-error.ts'

/** A text that is not JSON, or not the JSON that its reader expects. */
export class JsonError extends RejectedError {
  override readonly name = 'JsonError'

  constructor(message: string) {
    super('invalid', message)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const decoder = new TextDecoder()
const simple: Record<number, number> = {
  0x22: 0x22,
  0x5c: 0x5c,
  0x2f: 0x2f,
  0x62: 8,
  0x66: 12,
  0x6e: 10,
  0x72: 13,
  0x74: 9,
}

/** A cursor over JSON bytes, UTF-8 (RFC 8259), for readers that know which values to expect. */
export class JsonScanner {
  /** Where it reads next. */
  at = 0
  /** The last {@link string}: the range of its content, without the quotes, and whether it has escapes. */
  start = 0
  end = 0
  escaped = false

  constructor(readonly bytes: Uint8Array) {
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3
  }

  /** Skips white space. @returns the next byte, which is still to be read; -1 at the end */
  peek(): number {
    const { bytes } = this
    for (; this.at < bytes.length; this.at++) {
      const c = byteAt(bytes, this.at)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return c
    }
    return -1
  }

  /** Reads the ASCII character `code`, which must be next after white space. @throws {JsonError} if it is not */
  expect(code: number): void {
    if (this.peek() !== code) throw this.error(code === QUOTE ? 'a string' : `"${String.fromCharCode(code)}"`)
    this.at++
  }

  /** Reads the ASCII character `code` if it is next after white space. @returns whether it was */
  accept(code: number): boolean {
    if (this.peek() !== code) return false
    this.at++
    return true
  }

  /** Reads a string; see {@link start}. @throws {JsonError} if there is none */
  string(): void {
    if (this.peek() !== QUOTE) throw this.error('a string')
    this.at++
    const { bytes } = this
    const size = bytes.length
    let i = this.at
    this.start = i
    this.escaped = false
    for (; i < size; i++) {
      const c = byteAt(bytes, i)
      if (c >= 0x20 && c !== QUOTE && c !== BACKSLASH) continue
      if (c === QUOTE) {
        this.end = i
        this.at = i + 1
        return
      }
      if (c < 0x20) {
        this.at = i
        throw this.error('no control character in a string')
      }
      this.escaped = true
      i++
    }
    throw this.error('the end of a string')
  }

  /** The last string as text. */
  text(): string {
    if (!this.escaped) return decoder.decode(this.bytes.subarray(this.start, this.end))
    return decoder.decode(this.unescape())
  }

  /** The last string with its escapes resolved, UTF-8; a lone surrogate becomes U+FFFD. */
  unescape(): Uint8Array {
    const { bytes, start, end } = this
    const out = new Uint8Array(end - start)
    let size = 0
    for (let i = start; i < end; i++) {
      const c = byteAt(bytes, i)
      if (c !== BACKSLASH) {
        out[size++] = c
        continue
      }
      const kind = byteAt(bytes, ++i)
      const plain = simple[kind]
      if (plain !== undefined) {
        out[size++] = plain
        continue
      }
      let code = this.#unit(i)
      i += 4
      if ((code & 0xfc00) === 0xd800 && bytes[i + 1] === BACKSLASH && bytes[i + 2] === 0x75 && i + 6 < end) {
        const low = this.#unit(i + 2)
        if ((low & 0xfc00) === 0xdc00) {
          code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff)
          i += 6
        }
      }
      size = writeUtf8(out, size, code)
    }
    return out.subarray(0, size)
  }

  #unit(u: number): number {
    let unit = this.bytes[u] === 0x75 ? 0 : -1
    for (let i = u + 1; i <= u + 4; i++) unit = unit < 0 ? -1 : (unit << 4) | hexDigit(this.bytes[i] ?? 0)
    if (unit < 0) throw this.error('an escape that JSON has')
    return unit
  }

  /** Reads a number or a word such as `true`. @throws {JsonError} if there is none */
  word(): string {
    this.peek()
    const start = this.at
    const { bytes } = this
    while (this.at < bytes.length && isWordByte(byteAt(bytes, this.at))) this.at++
    if (this.at === start) throw this.error('a value')
    return decoder.decode(bytes.subarray(start, this.at))
  }

  /** Skips any value. @throws {JsonError} if it is not JSON */
  skip(depth = 0): void {
    if (depth > 200) throw this.error('no nesting over 200 deep')
    const c = this.peek()
    if (c === QUOTE) {
      this.string()
      if (this.escaped) this.unescape()
    } else if (c === 0x7b) {
      this.members(() => this.skip(depth + 1))
    } else if (c === 0x5b) {
      this.elements(() => this.skip(depth + 1))
    } else {
      const word = this.word()
      if (!/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word)) throw this.error(`no "${word}"`)
    }
  }

  /** Reads an object. @param readValue called after each colon, when the member's name is the last string */
  members(readValue: () => void): void {
    this.expect(0x7b)
    if (this.accept(0x7d)) return
    do {
      if (this.peek() !== QUOTE) throw this.error('a name in quotes')
      this.string()
      this.expect(0x3a)
      readValue()
    } while (this.accept(0x2c))
    this.expect(0x7d)
  }

  /** Reads an array. @param readElement called before each element */
  elements(readElement: () => void): void {
    this.expect(0x5b)
    if (this.accept(0x5d)) return
    do readElement()
    while (this.accept(0x2c))
    this.expect(0x5d)
  }

  /** The error to throw if `expected` is not next. */
  error(expected: string): JsonError {
    return new JsonError(`Cannot read the JSON at byte ${this.at}: expected ${expected}`)
  }
}

/** Writes a character, U+FFFD for a lone surrogate. @returns where the next one goes */
function writeUtf8(out: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    out[at] = code
    return at + 1
  }
  if (code < 0x800) out[at++] = 0xc0 | (code >> 6)
  else {
    if ((code & 0xfffff800) === 0xd800) code = 0xfffd
    if (code < 0x10000) out[at++] = 0xe0 | (code >> 12)
    else {
      out[at++] = 0xf0 | (code >> 18)
      out[at++] = 0x80 | ((code >> 12) & 0x3f)
    }
    out[at++] = 0x80 | ((code >> 6) & 0x3f)
  }
  out[at] = 0x80 | (code & 0x3f)
  return at + 1
}

function isWordByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x2d || c === 0x2b ||
    c === 0x2e
}
