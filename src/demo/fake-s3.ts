import { type HttpServer, serveHttp } from '../platform/serve-http.ts'

const BODY = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied: this is a fake S3, since there are no credentials</Message></Error>`

/** Starts a server that answers every request as S3 does if access is denied: 403. */
export function fakeS3(): HttpServer {
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': 'DEMO000000000000' }
  return serveHttp(
    { host: '127.0.0.1', port: 0, maxBodySize: 1 << 20 },
    () => new Response(BODY, { status: 403, headers }),
  )
}
