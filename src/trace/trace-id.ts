const XRAY = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i
const W3C = /^[0-9a-f]{32}$/i

/**
 * Converts a trace id from W3C's form to X-Ray's.
 *
 * @param id 32 hexadecimal digits (https://www.w3.org/TR/trace-context/#trace-id)
 * @returns such as `1-5759e988-bd862e3fe1be46a994272793`
 */
export function toXrayTraceId(id: string): string {
  return `1-${id.slice(0, 8)}-${id.slice(8)}`
}

/** Whether a text is a trace id in X-Ray's form. */
export function isXrayTraceId(text: string): boolean {
  return XRAY.test(text)
}

/**
 * Reads a trace id that a person has typed or copied.
 *
 * @param text X-Ray's or W3C's form, in lower or upper case
 * @returns X-Ray's form in lower case; undefined if the text is neither
 */
export function parseTraceId(text: string): string | undefined {
  if (isXrayTraceId(text)) return text.toLowerCase()
  return W3C.test(text) ? toXrayTraceId(text.toLowerCase()) : undefined
}
