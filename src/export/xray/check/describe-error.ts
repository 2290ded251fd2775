import { errorMessage } from '../../../errors/error-message.ts'

/** The code of an error, if it has one, and its message. */
export function describeError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? `${String(error.code)} ` : ''
  return code + errorMessage(error)
}
