import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

/** The outcome of a call. */
export interface CallOutcome {
  readonly code: number
  readonly message: string
  readonly body: Uint8Array
  /** google.rpc.Status as protobuf; empty if the answer has none. */
  readonly details: Uint8Array
}

/** A gRPC client that sends raw bytes. */
export class GrpcClient {
  readonly #client: Client

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure())
  }

  call(bytes: Uint8Array, path = EXPORT, metadata: Record<string, string> = {}): Promise<CallOutcome> {
    const head = new Metadata()
    for (const [name, value] of Object.entries(metadata)) head.set(name, value)
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        path,
        (value: Uint8Array) => Buffer.from(value),
        (value: Buffer) => new Uint8Array(value),
        bytes,
        head,
        (error: ServiceError | null, body?: Uint8Array) => {
          const [details] = error?.metadata.get('grpc-status-details-bin') ?? []
          resolve({
            code: error?.code ?? 0,
            message: error?.details ?? '',
            body: body ?? new Uint8Array(0),
            details: details instanceof Buffer ? new Uint8Array(details) : new Uint8Array(0),
          })
        },
      )
    })
  }

  close(): void {
    this.#client.close()
  }
}
