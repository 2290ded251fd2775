import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/**
 * How a request fails: an answer with a status; `close` ends the connection, `hang` never answers, `half` ends in the
 * middle of the answer; a function returns the entry of an unprocessed document, or an answer with `status`.
 */
export type Fault =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'close'
  | 'hang'
  | 'half'
  | ((documents: string[]) => object | undefined)

/** A call other than PutTraceSegments. */
export interface OtherCall {
  readonly path: string
  readonly body: string
}

/** A fake of AWS X-Ray, which verifies every signature by computing it independently. */
export class FakeXray {
  /** Every document that was accepted, in order. */
  readonly documents: string[] = []
  readonly calls: OtherCall[] = []
  /** What was wrong with requests: signatures, sizes. */
  readonly issues: string[] = []
  /** Calls of PutTraceSegments. */
  requests = 0
  /** Faults for the next requests, one each. */
  readonly faults: Fault[] = []
  /** A fault for every request after those. */
  fault: Fault | undefined
  rules: unknown = { NextToken: null, SamplingRuleRecords: [] }
  targets: unknown = { LastRuleModification: 1.6e9, SamplingTargetDocuments: [], UnprocessedStatistics: [] }
  secret = 'secret'
  /** Its clock minus that of this machine, in milliseconds. */
  clockMs = 0
  readonly #server: Server

  /** @param tls key and certificate, to serve by TLS */
  constructor(private readonly tls?: { readonly key: string; readonly cert: string }) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response)
    this.#server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', () => resolve()))
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `${this.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`
  }

  /** The documents, parsed. */
  get segments(): Record<string, unknown>[] {
    return this.documents.map((document) => JSON.parse(document))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const issue = this.#signatureIssue(request, body)
    if (issue === 'the time is off') {
      response.setHeader('date', new Date(Date.now() + this.clockMs).toUTCString())
      return send(response, 403, { message: 'Signature expired' }, { 'x-amzn-errortype': 'InvalidSignatureException' })
    }
    if (issue !== '') {
      this.issues.push(issue)
      return send(response, 403, { message: issue }, { 'x-amzn-errortype': 'InvalidSignatureException' })
    }
    if (request.url !== '/TraceSegments') {
      this.calls.push({ path: request.url ?? '', body: body.toString() })
      if (this.fault !== undefined && typeof this.fault === 'object') {
        return send(response, this.fault.status, this.fault.body ?? {})
      }
      if (request.url === '/GetSamplingRules') return send(response, 200, this.rules)
      if (request.url === '/Traces') return send(response, 200, this.#traces(JSON.parse(body.toString())))
      if (request.url === '/TraceSummaries') return send(response, 200, this.#summaries())
      return send(response, 200, request.url === '/SamplingTargets' ? this.targets : {})
    }
    this.requests++
    this.#put(JSON.parse(body.toString()), response)
  }

  #put({ TraceSegmentDocuments: documents }: { TraceSegmentDocuments: string[] }, response: ServerResponse): void {
    if (documents.length > 50) this.issues.push(`${documents.length} documents in one request`)
    for (const document of documents) {
      if (Buffer.byteLength(document) > 65536) this.issues.push(`a document of ${Buffer.byteLength(document)} bytes`)
    }
    const fault = this.faults.shift() ?? this.fault
    if (fault === 'hang') return
    if (fault === 'half') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"UnprocessedTrace', () => response.socket?.destroy())
      return
    }
    if (fault === 'close') return void response.socket?.destroy()
    if (typeof fault === 'object') return send(response, fault.status, fault.body ?? {}, fault.headers)
    const unprocessed = fault === undefined ? [] : documents.map((document) => fault([document]))
    if (fault !== undefined) {
      const answer = fault(documents)
      if (answer !== undefined && 'status' in answer) return send(response, Number(answer.status), answer)
    }
    this.documents.push(...documents.filter((_, i) => unprocessed[i] === undefined))
    send(response, 200, { UnprocessedTraceSegments: unprocessed.filter((entry) => entry !== undefined) })
  }

  /** The answer of BatchGetTraces, from the documents that were accepted. */
  #traces({ TraceIds: ids }: { TraceIds: string[] }): object {
    const segmentsOf = (trace: string): object[] =>
      this.documents.filter((document) => JSON.parse(document).trace_id === trace)
        .map((Document) => ({ Id: JSON.parse(Document).id, Document }))
    const Traces = ids.map((Id) => ({ Id, Segments: segmentsOf(Id) })).filter(({ Segments }) => Segments.length > 0)
    return { Traces, UnprocessedTraceIds: [] }
  }

  /** The answer of GetTraceSummaries: every trace, whatever the request asks for. */
  #summaries(): object {
    const TraceSummaries = this.segments.map(({ trace_id, start_time }) => ({ Id: trace_id, StartTime: start_time }))
    return { TraceSummaries, ApproximateTime: Date.now() / 1000, TracesProcessedCount: TraceSummaries.length }
  }

  /** Verifies a signature (AWS Signature Version 4). @returns an empty text if it is right */
  #signatureIssue(request: IncomingMessage, body: Buffer): string {
    const { authorization = '' } = request.headers
    const match =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/xray\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
        .exec(authorization)
    if (match === null) return `no signature: "${authorization}"`
    const [, , day = '', region = '', names = '', signature] = match
    const hash = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')
    const mac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest()
    const claimed = request.headers['x-amz-content-sha256']
    if (claimed !== undefined && claimed !== hash(body)) return 'x-amz-content-sha256 is not the hash of the body'
    if (!names.split(';').includes('host')) return 'the host is not signed'
    const headers = names.split(';').map((name) =>
      `${name}:${String(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`
    )
    const canonical = [request.method, request.url, '', headers.join(''), names, hash(body)].join('\n')
    const stamp = String(request.headers['x-amz-date'])
    if (
      Math.abs(
        Date.parse(stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')) - Date.now() - this.clockMs,
      ) > 300_000
    ) return 'the time is off'
    const toSign = ['AWS4-HMAC-SHA256', stamp, `${day}/${region}/xray/aws4_request`, hash(canonical)].join('\n')
    const key = mac(mac(mac(mac('AWS4' + this.secret, day), region), 'xray'), 'aws4_request')
    return mac(key, toSign).toString('hex') === signature ? '' : 'the signature is wrong'
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
