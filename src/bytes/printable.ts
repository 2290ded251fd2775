/** Line ends and tabs, then control and format characters: those of terminals, and those that change the direction of text. */
const SPACES = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu
const CONTROLS = /[\p{Cc}\p{Cf}]/gu
/** What {@link JSON.stringify} leaves as it is. */
const CONTROLS_OF_JSON = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Cf}]/gu

/**
 * A text that others have written, for a line of a terminal or a log: without characters that a terminal would execute, or
 * that would begin another line.
 */
export function printable(text: string): string {
  return text.replace(SPACES, ' ').replace(CONTROLS, '')
}

/**
 * The same for JSON, whose value stays as it is: such characters are escaped.
 *
 * @param json may have several lines
 */
export function printableJson(json: string): string {
  return json.replace(CONTROLS_OF_JSON, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}
