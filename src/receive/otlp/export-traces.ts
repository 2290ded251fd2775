import { create, toBinary } from '@bufbuild/protobuf'
import { ExportTraceServiceResponseSchema } from '../../otlp/gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts'
import { jsonToProtobuf } from '../../otlp/json-to-protobuf.ts'
import { statusOf } from './connect-routes.ts'
import { clientName } from '../client-name.ts'
import { acceptedEncodings, decodeBody } from '../decode-body.ts'
import { readBody } from '../read-body.ts'
import type { Accepted, Next, ReceiverContext } from '../../component/receiver.ts'
import { rejectionHeaders, rejectionOf } from '../rejection.ts'

const PROTOBUF = 'application/x-protobuf'
const JSON_TYPE = 'application/json'
const EMPTY = new Uint8Array(0)
const protobufHeaders = { 'content-type': PROTOBUF }
const jsonHeaders = { 'content-type': JSON_TYPE }

/** Answers POST /v1/traces; errors are a google.rpc.Status in the request's own encoding. */
export async function exportTraces(
  request: Request,
  from: () => string,
  maxBytes: number,
  next: Next,
  { report, inFlight }: ReceiverContext,
): Promise<Response> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const isJson = type === JSON_TYPE
  if (!isJson && type !== PROTOBUF && type !== 'application/protobuf') {
    return new Response(`415 unsupported media type "${type}"; ${PROTOBUF} and ${JSON_TYPE} are supported`, {
      status: 415,
    })
  }
  try {
    const accepted = await readBody(request, maxBytes, inFlight, (body) => {
      const message = decodeBody(request.headers.get('content-encoding') ?? '', body, maxBytes)
      const client = clientOf(request, from)
      return isJson ? acceptJson(message, next, client) : next.traces(message, client)
    })
    await accepted.committed
    return answer(isJson, accepted)
  } catch (error) {
    const rejection = rejectionOf(error)
    report.requestFailed(`${rejection.message} (from ${from()})`)
    const { json, bytes } = statusOf(rejection)
    const headers: Record<string, string> = {
      ...(isJson ? jsonHeaders : protobufHeaders),
      ...rejectionHeaders(rejection),
    }
    if (rejection.httpStatus === 415) headers['accept-encoding'] = acceptedEncodings
    return new Response(isJson ? JSON.stringify(json) : bytes, { status: rejection.httpStatus, headers })
  }
}

function acceptJson(message: Uint8Array, next: Next, from: string): Accepted {
  const { bytes, droppedValues } = jsonToProtobuf(message)
  const accepted = next.traces(bytes, from)
  if (droppedValues === 0) return accepted
  const lost = `${droppedValues} integers that do not fit into 64 bits were left out`
  return { ...accepted, reason: accepted.reason === '' ? lost : `${accepted.reason}; ${lost}` }
}

/** The client's name for the log and the counts. */
function clientOf(request: Request, from: () => string): string {
  return clientName(request.headers.get('user-agent')) ?? from()
}

function answer(isJson: boolean, { rejectedSpans, reason }: Accepted): Response {
  if (rejectedSpans === 0 && reason === '') {
    return isJson
      ? new Response('{"partialSuccess":{}}', { headers: jsonHeaders })
      : new Response(EMPTY, { headers: protobufHeaders })
  }
  const partial = { rejectedSpans, errorMessage: reason }
  if (isJson) {
    return new Response(JSON.stringify({ partialSuccess: { ...partial, rejectedSpans: String(rejectedSpans) } }), {
      headers: jsonHeaders,
    })
  }
  const response = create(ExportTraceServiceResponseSchema, {
    partialSuccess: { rejectedSpans: BigInt(rejectedSpans), errorMessage: reason },
  })
  return new Response(new Uint8Array(toBinary(ExportTraceServiceResponseSchema, response)), {
    headers: protobufHeaders,
  })
}
