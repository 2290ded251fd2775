/** A JSON object whose members are not known yet. */
export type Json = Readonly<Record<string, unknown>>

/** A JSON object whose members can be changed. */
export type MutableJson = Record<string, unknown>

/** Whether a value is a JSON object: neither a list nor null. */
export function isObject(value: unknown): value is MutableJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value if it is an object; else an empty object. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {}
}

/** The value if it is a list; else an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value if it is a text with at least one character. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The value if it is a finite number. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
