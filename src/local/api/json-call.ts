import { errorMessage } from '../../errors/error-message.ts'
import type { Context } from 'hono'
import { type Json, objectOf } from '../../bytes/json.ts'
import { FilterError } from '../../trace/filter/tokenise.ts'
import { ApiError } from './api-error.ts'

/** Answers a call with a JSON body, and its errors as X-Ray words them. */
export async function jsonCall(c: Context, call: (input: Json) => object): Promise<Response> {
  const body = await c.req.text()
  // A page of another site can send text, but not this type, unasked.
  const type = c.req.header('content-type') ?? ''
  try {
    if (body !== '' && !/^application\/(json|x-amz-json-1\.[01])/.test(type)) {
      throw new ApiError('The body is to be of type application/json', 'InvalidRequestException', 415)
    }
    const input: unknown = body === '' ? {} : parseJson(body)
    return c.json(call(objectOf(input)))
  } catch (error) {
    const [code, status] = error instanceof ApiError ? [error.code, error.status] : codeOf(error)
    const message = errorMessage(error)
    c.header('x-amzn-errortype', code)
    c.status(status === 415 ? 415 : status === 500 ? 500 : 400)
    return c.json({ __type: code, Message: message, message })
  }
}

function codeOf(error: unknown): [string, number] {
  return error instanceof FilterError ? ['InvalidRequestException', 400] : ['InternalFailure', 500]
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new ApiError('The body is no JSON')
  }
}
