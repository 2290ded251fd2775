import { WireError } from './wire-error.ts'

/** The deepest nesting that is read, as in other protobuf readers. */
export const MAX_DEPTH = 100

/**
 * Checks how deep a message is nested.
 *
 * @param part what is read, such as `an attribute`
 * @throws {WireError} over {@link MAX_DEPTH}
 */
export function checkDepth(depth: number, part: string): void {
  if (depth > MAX_DEPTH) throw new WireError(`Cannot read ${part}: it is nested over ${MAX_DEPTH} deep`)
}
