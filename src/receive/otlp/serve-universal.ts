import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { UniversalHandler } from '@connectrpc/connect/protocol'
import { connectError, unknownService } from './connect-routes.ts'
import type { InFlightBytes } from '../../component/in-flight-bytes.ts'
import type { ReceiverContext } from '../../component/receiver.ts'
import { RejectedError } from '../../component/rejected-error.ts'
import { errorMessage } from '../../errors/error-message.ts'
import { rejectionOf } from '../rejection.ts'

/** Serves a stream by Connect's handlers; an unknown service is UNIMPLEMENTED, and the message says why. */
export async function serveUniversal(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  handlers: ReadonlyMap<string, UniversalHandler>,
  { inFlight, report }: ReceiverContext,
): Promise<void> {
  const path = headers[':path'] ?? '/'
  const handler = handlers.get(path)
  if (handler === undefined) return rejectUnknown(stream, headers, path)
  const aborted = new AbortController()
  stream.on('close', () => aborted.abort())
  try {
    const response = await handler({
      httpVersion: '2.0',
      url: `http://${headers[':authority'] ?? 'localhost'}${path}`,
      method: headers[':method'] ?? 'POST',
      header: headersOf(headers),
      body: chunksOf(stream, inFlight),
      signal: aborted.signal,
    })
    if (stream.destroyed || stream.closed) return
    const { trailer } = response
    stream.respond({ ':status': response.status, ...Object.fromEntries(response.header ?? []) }, {
      waitForTrailers: true,
    })
    stream.on('wantTrailers', () => {
      stream.sendTrailers(Object.fromEntries(trailer ?? []))
      // The client may go on sending, or never end: nobody waits for that.
      setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR))
    })
    for await (const chunk of response.body ?? []) {
      if (stream.destroyed) return
      stream.write(chunk)
    }
    stream.end()
    // Discards what the handler did not read, so that the stream can end.
    stream.resume()
  } catch (error) {
    if (stream.destroyed) return
    report.requestFailed(errorMessage(error))
    stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }
}

function rejectUnknown(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, path: string): void {
  stream.resume()
  const isGrpc = headers['content-type']?.startsWith('application/grpc') === true
  stream.respond(
    isGrpc
      ? {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '12',
        'grpc-message': unknownService(path),
      }
      : { ':status': 415, 'content-type': 'text/plain' },
    { endStream: true },
  )
}

function headersOf(headers: IncomingHttpHeaders): Headers {
  const found = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || value === undefined) continue
    found.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return found
}

/** Chunks of a body, which count as in flight until the handler has read all of them. */
async function* chunksOf(stream: ServerHttp2Stream, inFlight: InFlightBytes): AsyncIterable<Uint8Array> {
  const { promise: rejected, reject } = Promise.withResolvers<never>()
  // Nobody waits for it once the body has come.
  rejected.catch(() => {})
  const arriving = inFlight.open(reject)
  stream.on('close', arriving.end)
  try {
    // A handler that stops reading still answers, so the stream must not end with the loop.
    const chunks = stream.iterator({ destroyOnReturn: false })
    for (;;) {
      const { done, value: chunk } = await Promise.race([chunks.next(), rejected])
      if (done === true) return
      const buffer: Buffer = chunk
      arriving.add(buffer.length)
      yield new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    }
  } catch (error) {
    throw error instanceof RejectedError ? connectError(rejectionOf(error)) : error
  } finally {
    arriving.end()
  }
}
