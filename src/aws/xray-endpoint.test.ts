import assert from 'node:assert/strict'
import { test } from 'node:test'
import { xrayEndpoint } from './xray-endpoint.ts'
import { findRegion } from './find-region.ts'

const plain = { endpoint: undefined, fips: false, dualStack: false }

test('xrayEndpoint() knows the partitions, FIPS and dual-stack', () => {
  for (
    const [region, settings, url] of [
      ['us-west-2', plain, 'https://xray.us-west-2.amazonaws.com'],
      ['cn-north-1', plain, 'https://xray.cn-north-1.amazonaws.com.cn'],
      ['us-gov-west-1', { ...plain, fips: true }, 'https://xray-fips.us-gov-west-1.amazonaws.com'],
      ['eu-central-1', { ...plain, dualStack: true }, 'https://xray.eu-central-1.api.aws'],
      ['us-iso-east-1', plain, 'https://xray.us-iso-east-1.c2s.ic.gov'],
      ['us-west-2', { ...plain, endpoint: 'http://127.0.0.1:9/' }, 'http://127.0.0.1:9'],
    ] as const
  ) assert.equal(xrayEndpoint(region, settings, {}), url)
})

test('xrayEndpoint() obeys AWS_ENDPOINT_URL and its kin', () => {
  assert.equal(
    xrayEndpoint('us-west-2', plain, { AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_XRAY: 'http://b' }),
    'http://b',
  )
  const ignored = {
    AWS_ENDPOINT_URL: 'http://a',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_USE_FIPS_ENDPOINT: 'true',
  }
  assert.equal(xrayEndpoint('us-west-2', plain, ignored), 'https://xray-fips.us-west-2.amazonaws.com')
})

test('findRegion() takes what is set before AWS_REGION before AWS_DEFAULT_REGION', async () => {
  const env = { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c', AWS_EC2_METADATA_DISABLED: 'true' }
  assert.equal(await findRegion('a', env), 'a')
  assert.equal(await findRegion(undefined, env), 'b')
  assert.equal(await findRegion(undefined, { ...env, AWS_REGION: '' }), 'c')
})
