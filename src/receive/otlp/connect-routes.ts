import { gunzipSync, gzipSync } from 'node:zlib'
import { create, toBinary } from '@bufbuild/protobuf'
import { anyPack, DurationSchema } from '@bufbuild/protobuf/wkt'
import { Code, ConnectError, type ConnectRouter, createConnectRouter } from '@connectrpc/connect'
import type { Compression } from '@connectrpc/connect/protocol'
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '../../otlp/gen/grpc/health/v1/health_pb.ts'
import { RetryInfoSchema, StatusSchema } from '../../otlp/gen/google/rpc/status_pb.ts'
import {
  ExportTraceServiceRequestSchema,
  TraceService,
} from '../../otlp/gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts'
import { untilAborted } from '../../async/until-aborted.ts'
import { formatBytes } from '../../bytes/format-bytes.ts'
import type { Next, ReceiverContext } from '../../component/receiver.ts'
import { clientName } from '../client-name.ts'
import { type Rejection, rejectionOf } from '../rejection.ts'

/** The trace service's name, as health checks ask for it. */
export const TRACE_SERVICE: string = TraceService.typeName

/** The path of the trace service's one call. */
export const EXPORT_PATH = `/${TraceService.typeName}/Export`

/** How many may watch the health of one receiver at once. */
const MAX_WATCHES = 1000

const gzip: Compression = {
  name: 'gzip',
  compress: (bytes) => Promise.resolve(new Uint8Array(gzipSync(bytes))),
  decompress: (bytes, maxBytes) => {
    try {
      return Promise.resolve(new Uint8Array(gunzipSync(bytes, { maxOutputLength: maxBytes })))
    } catch (cause) {
      const isLong = cause instanceof RangeError
      const message = isLong ? `the message is over ${formatBytes(maxBytes)}` : 'the message is not gzip'
      return Promise.reject(new ConnectError(message, isLong ? Code.ResourceExhausted : Code.InvalidArgument))
    }
  },
}

/**
 * The gRPC, gRPC-Web and Connect services of the agent: traces, and health. The same routes serve both ports. When the
 * receiver stops, health watchers get NOT_SERVING, and end.
 *
 * @param maxBytes the largest message, compressed or decompressed
 */
export function connectRoutes(
  next: Next,
  maxBytes: number,
  { signal: stopped, report }: Pick<ReceiverContext, 'signal' | 'report'>,
): ConnectRouter {
  let watches = 0
  const router = createConnectRouter({ acceptCompression: [gzip], readMaxBytes: maxBytes })
  router.service(TraceService, {
    async export(request, context) {
      try {
        const bytes = toBinary(ExportTraceServiceRequestSchema, request)
        const accepted = next.traces(bytes, clientName(context.requestHeader.get('user-agent')) ?? 'a client')
        await accepted.committed
        if (accepted.rejectedSpans === 0) return {}
        return { partialSuccess: { rejectedSpans: BigInt(accepted.rejectedSpans), errorMessage: accepted.reason } }
      } catch (error) {
        const rejection = rejectionOf(error)
        report.requestFailed(rejection.message)
        throw connectError(rejection)
      }
    },
  })
  router.service(Health, {
    check: ({ service }) => ({ status: healthOf(service, stopped) }),
    async *watch({ service }, { signal }) {
      const status = healthOf(service, stopped)
      if (watches >= MAX_WATCHES) {
        throw new ConnectError(`${MAX_WATCHES} watch this receiver already`, Code.ResourceExhausted)
      }
      watches++
      try {
        yield { status }
        await untilAborted(AbortSignal.any([signal, stopped]))
        if (stopped.aborted) yield { status: ServingStatus.NOT_SERVING }
      } finally {
        watches--
      }
    },
  })
  return router
}

function healthOf(service: string, stopped: AbortSignal): ServingStatus {
  if (service !== '' && service !== TRACE_SERVICE && service !== Health.typeName) {
    throw new ConnectError(`unknown service "${service}"`, Code.NotFound)
  }
  return stopped.aborted ? ServingStatus.NOT_SERVING : ServingStatus.SERVING
}

/** The message for a caller of another service. */
export function unknownService(path: string): string {
  return `${path} is not served: this agent receives traces (${EXPORT_PATH.slice(1)})`
}

/** A rejection as an error of Connect. */
export function connectError(rejection: Rejection): ConnectError {
  const details = rejection.retryAfterMs === undefined
    ? []
    : [{ desc: RetryInfoSchema, value: { retryDelay: create(DurationSchema, delayOf(rejection.retryAfterMs)) } }]
  return new ConnectError(rejection.message, rejection.rpcStatus, undefined, details)
}

function delayOf(ms: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 }
}

/** A rejection as google.rpc.Status: fields for the JSON form, and its protobuf bytes. */
export function statusOf(rejection: Rejection): { json: object; bytes: Uint8Array<ArrayBuffer> } {
  const { rpcStatus: code, message, retryAfterMs } = rejection
  const details = retryAfterMs === undefined
    ? []
    : [anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: create(DurationSchema, delayOf(retryAfterMs)) }))]
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${(retryAfterMs ?? 0) / 1000}s` }
  return {
    json: { code, message, ...(retryAfterMs === undefined ? {} : { details: [retry] }) },
    bytes: new Uint8Array(toBinary(StatusSchema, create(StatusSchema, { code, message, details }))),
  }
}
