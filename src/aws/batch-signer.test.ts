import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsV4Signer } from 'aws4fetch'
import { BatchSigner } from './batch-signer.ts'

for (const sessionToken of [undefined, 'a/session+token==']) {
  test(`BatchSigner signs as aws4fetch does, ${sessionToken === undefined ? 'without' : 'with'} a session token`, async () => {
    const url = 'https://vpce-1.xray.us-west-2.vpce.amazonaws.com:8443/TraceSegments'
    const body = new TextEncoder().encode('{"TraceSegmentDocuments":["ä"]}')
    const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
    const signer = new BatchSigner(new URL(url), 'us-west-2')
    for (const time of ['2026-11-22T13:22:00Z', '2026-11-23T00:00:00Z']) {
      const headers = signer.sign(body, { ...keys, sessionToken }, Date.parse(time))
      const expected = await new AwsV4Signer({
        url,
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-amz-content-sha256': headers['x-amz-content-sha256'] ?? '' },
        service: 'xray',
        region: 'us-west-2',
        datetime: time.replace(/[:-]/g, ''),
        allHeaders: true,
        ...keys,
        ...(sessionToken === undefined ? {} : { sessionToken }),
      }).sign()
      assert.equal(headers['authorization'], expected.headers.get('authorization'))
    }
  })
}
