/** A call that X-Ray answers with an error. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  /** @param code AWS's name of the error, such as `InvalidRequestException` */
  constructor(message: string, readonly code = 'InvalidRequestException', readonly status = 400) {
    super(message)
  }
}
