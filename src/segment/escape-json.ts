const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * JSON text as *escaped JSON*: as it is inside a JSON string, without the outer quotes. Documents are escaped once,
 * when they are written, because a PutTraceSegments body holds them as strings.
 *
 * @param json JSON text, or a part of one
 * @returns UTF-8
 */
export function escapeJson(json: string): Uint8Array {
  return encoder.encode(JSON.stringify(json).slice(1, -1))
}

/**
 * The JSON text of escaped JSON.
 *
 * @throws {SyntaxError} if `escaped` is not what {@link escapeJson} returns
 */
export function unescapeJson(escaped: Uint8Array): string {
  const text: unknown = JSON.parse(`"${decoder.decode(escaped)}"`)
  return String(text)
}
