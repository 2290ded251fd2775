import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { create, toBinary } from '@bufbuild/protobuf'
import { ExportTraceServiceResponseSchema } from '../../otlp/gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts'
import type { ReceiverReport } from '../../telemetry/receiver-report.ts'
import { statusOf } from './connect-routes.ts'
import { BodyBuffer } from '../body-buffer.ts'
import { clientName } from '../client-name.ts'
import { decodeBody } from '../decode-body.ts'
import type { Next, ReceiverContext } from '../../component/receiver.ts'
import { RejectedError } from '../../component/rejected-error.ts'
import { rejectionOf, tooLarge } from '../rejection.ts'

const OK_HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' }
const OK_TRAILERS = { 'grpc-status': '0' }
const RESPOND = { waitForTrailers: true }
const PREFIX = 5
const EMPTY = Buffer.alloc(PREFIX)
// Characters that grpc-message percent-encodes: the percent sign, and what is not printable ASCII.
const RESERVED = /[^\x20-\x24\x26-\x7e]/g

/**
 * Serves TraceService.Export without Connect, which reads, checks and copies in streams what is one buffer here. It
 * handles calls whose encoding is identity or gzip, and answers once the spans are on disk.
 */
export function serveExport(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  next: Next,
  maxBytes: number,
  { report, inFlight }: ReceiverContext,
): void {
  const body = new BodyBuffer()
  let isRejected = false
  const arriving = inFlight.open((error) => onError(error))
  const onError = (error: unknown): void => {
    isRejected = true
    body.clear()
    arriving.end()
    reject(stream, error, report)
  }
  stream.on('data', (chunk: Buffer) => {
    if (isRejected) return
    try {
      if (body.size + chunk.length > maxBytes + PREFIX) throw tooLarge(maxBytes)
      arriving.add(chunk.length)
      body.push(chunk)
    } catch (error) {
      onError(error)
    }
  })
  stream.on('close', arriving.end)
  stream.on('end', () => {
    // In Bun an aborted stream emits `end` too.
    if (isRejected || stream.destroyed || stream.closed) return
    try {
      const message = messageOf(body.bytes, headers, maxBytes)
      const accepted = next.traces(message, clientName(headers['user-agent']) ?? 'a gRPC client')
      accepted.committed.then(
        () => answer(stream, accepted.rejectedSpans, accepted.reason),
        (error: unknown) => reject(stream, error, report),
      )
    } catch (error) {
      reject(stream, error, report)
    } finally {
      arriving.end()
    }
  })
}

/** The one message of a unary call: a byte of flags, four of length, and the message. */
function messageOf(
  whole: Uint8Array<ArrayBuffer>,
  headers: IncomingHttpHeaders,
  maxBytes: number,
): Uint8Array {
  if (whole.length < PREFIX || lengthOf(whole) !== whole.length - PREFIX) {
    throw new RejectedError('invalid', 'The call does not carry exactly one whole message')
  }
  const message = whole.subarray(PREFIX)
  if (whole[0] === 0) return message
  const encoding = headers['grpc-encoding']
  if (whole[0] !== 1 || encoding !== 'gzip') {
    throw new RejectedError('invalid', 'The message is compressed, but grpc-encoding does not name gzip')
  }
  return decodeBody(encoding, message, maxBytes)
}

/** The length that the prefix declares, in bytes. */
function lengthOf([, a = 0, b = 0, c = 0, d = 0]: Uint8Array): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}

function answer(stream: ServerHttp2Stream, rejected: number, reason: string): void {
  if (stream.destroyed || stream.closed) return
  stream.respond(OK_HEADERS, RESPOND)
  stream.on('wantTrailers', () => stream.sendTrailers(OK_TRAILERS))
  stream.end(rejected === 0 ? EMPTY : partialSuccess(rejected, reason))
}

function partialSuccess(rejected: number, errorMessage: string): Buffer {
  const partial = { rejectedSpans: BigInt(rejected), errorMessage }
  const body = toBinary(
    ExportTraceServiceResponseSchema,
    create(ExportTraceServiceResponseSchema, { partialSuccess: partial }),
  )
  const prefix = Buffer.alloc(PREFIX)
  prefix.writeUInt32BE(body.length, 1)
  return Buffer.concat([prefix, body])
}

function reject(stream: ServerHttp2Stream, error: unknown, report: ReceiverReport): void {
  const rejection = rejectionOf(error)
  report.requestFailed(rejection.message)
  if (stream.destroyed || stream.closed) return
  const message = rejection.message.replace(RESERVED, (char) => encodeURIComponent(char))
  const details = Buffer.from(statusOf(rejection).bytes).toString('base64').replace(/=+$/, '')
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc+proto',
      'grpc-status': String(rejection.rpcStatus),
      'grpc-message': message,
      'grpc-status-details-bin': details,
    },
    { endStream: true },
  )
  // The client may go on sending, or never end: nobody waits for that.
  stream.once('finish', () => setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR)))
}
