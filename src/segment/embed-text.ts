const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** JSON text in embedded form: as it stands inside a JSON string, UTF-8, without the outer quotes. */
export function embedText(json: string): Uint8Array {
  return encoder.encode(JSON.stringify(json).slice(1, -1))
}

/**
 * The JSON text whose embedded form is given.
 *
 * @throws {SyntaxError} if `embedded` is not what {@link embedText} makes
 */
export function unembedText(embedded: Uint8Array): string {
  const text: unknown = JSON.parse(`"${decoder.decode(embedded)}"`)
  return String(text)
}
