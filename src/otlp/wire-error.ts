import { RejectedError } from '../component/rejected-error.ts'

/** A message that is not well-formed protobuf. */
export class WireError extends RejectedError {
  override readonly name = 'WireError'

  constructor(message: string) {
    super('invalid', message)
  }
}
