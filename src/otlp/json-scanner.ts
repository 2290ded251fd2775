import { byteAt } from '../bytes/byte-at.ts'
import { RejectedError } from '../component/rejected-error.ts'

/** A text that is not JSON, or not of the form that its reader expects. */
export class JsonError extends RejectedError {
  override readonly name = 'JsonError'

  constructor(message: string) {
    super('invalid', message)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const decoder = new TextDecoder()
const encoder = new TextEncoder()
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

/** A cursor over JSON bytes, UTF-8 (RFC 8259), for readers that know what they look for. */
export class JsonScanner {
  at = 0
  /** The last {@link string}: where its content stands between the quotes, and whether it has escapes. */
  start = 0
  end = 0
  escaped = false

  constructor(readonly bytes: Uint8Array) {
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3
  }

  /** Goes past white space and gives the next byte, or -1 at the end. */
  peek(): number {
    const { bytes } = this
    for (; this.at < bytes.length; this.at++) {
      const c = byteAt(bytes, this.at)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return c
    }
    return -1
  }

  /** Goes past `code`, which must be next. */
  expect(code: number): void {
    if (this.peek() !== code) throw this.error(`"${String.fromCharCode(code)}"`)
    this.at++
  }

  /** Goes past `code` if it is next. */
  accept(code: number): boolean {
    if (this.peek() !== code) return false
    this.at++
    return true
  }

  /** Goes past a string; see {@link start}. */
  string(): void {
    this.expect(QUOTE)
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

  /** The last string without its escapes, UTF-8; a lone surrogate becomes U+FFFD. */
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
      let unit = this.#unit(i)
      i += 4
      let chars = String.fromCharCode(unit)
      if ((unit & 0xfc00) === 0xd800 && bytes[i + 1] === BACKSLASH && bytes[i + 2] === 0x75 && i + 6 < end) {
        unit = this.#unit(i + 2)
        if ((unit & 0xfc00) === 0xdc00) {
          chars += String.fromCharCode(unit)
          i += 6
        }
      }
      size += encoder.encodeInto(chars, out.subarray(size)).written
    }
    return out.subarray(0, size)
  }

  #unit(u: number): number {
    const digits = decoder.decode(this.bytes.subarray(u + 1, u + 5))
    if (this.bytes[u] !== 0x75 || !/^[0-9a-fA-F]{4}$/.test(digits)) throw this.error('an escape that JSON has')
    return parseInt(digits, 16)
  }

  /** Goes past a number or word such as `true`, and gives it as text. */
  word(): string {
    this.peek()
    const start = this.at
    const { bytes } = this
    while (this.at < bytes.length && isWordByte(byteAt(bytes, this.at))) this.at++
    if (this.at === start) throw this.error('a value')
    return decoder.decode(bytes.subarray(start, this.at))
  }

  /** Goes past any value, and checks that it is JSON. */
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

  /** Reads an object; `each` is called behind each colon, with the name as the last string. */
  members(each: () => void): void {
    this.expect(0x7b)
    if (this.accept(0x7d)) return
    do {
      if (this.peek() !== QUOTE) throw this.error('a name in quotes')
      this.string()
      this.expect(0x3a)
      each()
    } while (this.accept(0x2c))
    this.expect(0x7d)
  }

  /** Reads an array; `each` is called before each element. */
  elements(each: () => void): void {
    this.expect(0x5b)
    if (this.accept(0x5d)) return
    do each()
    while (this.accept(0x2c))
    this.expect(0x5d)
  }

  error(expected: string): JsonError {
    return new JsonError(`Cannot read the JSON at byte ${this.at}: expected ${expected}`)
  }
}

function isWordByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x2d || c === 0x2b ||
    c === 0x2e
}
