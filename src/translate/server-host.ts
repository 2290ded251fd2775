import { byteAt } from '../bytes/byte-at.ts'

const decoder = new TextDecoder()
/** More characters than an address has. */
const MAX_ADDRESS = 64

/** The host of a URL such as `postgresql://user@db.example.com:5432/orders`; empty if it has none. */
export function serverHost(url: string): string {
  const authority = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/([^/?#]*)/.exec(url)?.[1]
  if (authority === undefined) return ''
  const server = authority.slice(authority.lastIndexOf('@') + 1)
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(server)
  if (bracketed !== null) return bracketed[1] ?? ''
  return /^([^:]*)(?::\d*)?$/.exec(server)?.[1] ?? ''
}

/** True if `bytes[start, end)` is an IPv4 or IPv6 address in text form, ASCII. */
export function isAddressText(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > MAX_ADDRESS) return false
  let part = -1
  let dots = 0
  for (let i = start; i < end; i++) {
    const c = byteAt(bytes, i)
    if (c >= 0x30 && c <= 0x39) {
      if (part === 0) return isAddress(decoder.decode(bytes.subarray(start, end)))
      part = (part < 0 ? 0 : part * 10) + c - 0x30
      if (part > 255) return isAddress(decoder.decode(bytes.subarray(start, end)))
    } else if (c === 0x2e && part >= 0 && dots < 3) {
      part = -1
      dots++
    } else return isAddress(decoder.decode(bytes.subarray(start, end)))
  }
  return dots === 3 && part >= 0
}

/** True for an IPv4 or IPv6 address as text. */
function isAddress(text: string): boolean {
  if (/^(\d{1,3})(\.\d{1,3}){3}$/.test(text)) {
    return text.split('.').every((part) => Number(part) < 256 && !/^0\d/.test(part))
  }
  if (!text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  let groups = 0
  for (const group of halves.flatMap((half) => (half === '' ? [] : half.split(':')))) {
    if (group.includes('.')) {
      if (!isAddress(group) || group.includes(':')) return false
      groups += 2
    } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) groups++
    else return false
  }
  return halves.length === 2 ? groups < 8 : groups === 8
}
