import assert from 'node:assert/strict'
import { test } from 'node:test'
import { XRayClient } from '@aws-sdk/client-xray'
import { findRegion } from './find-region.ts'
import { xrayEndpoint } from './xray-endpoint.ts'

const plain = { fips: false, dualStack: false }
const combinations = [
  plain,
  { fips: true, dualStack: false },
  { fips: false, dualStack: true },
  { fips: true, dualStack: true },
]

/** The AWS SDK's own table, which its package does not export. */
const table = new URL(
  '../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
  import.meta.url,
)
const { partitionsInfo }: { partitionsInfo: { partitions: { id: string; regions: Record<string, unknown> }[] } } =
  await import(table.href)

/** The endpoint of the AWS SDK's X-Ray client. */
async function sdkEndpoint(region: string, fips: boolean, dualStack: boolean): Promise<string> {
  const client = new XRayClient({ region, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  const { url } = await client.config.endpointProvider({ Region: region, UseFIPS: fips, UseDualStack: dualStack })
  return url.href.replace(/\/$/, '')
}

test('xrayEndpoint() returns the same as the AWS SDK for each region, with and without FIPS and dual stack', async () => {
  // A region that is not in the table yet belongs to the partition whose pattern it matches, or to aws.
  const newer = ['us-iso-north-9', 'us-isob-north-9', 'us-isof-north-9', 'eu-isoe-north-9', 'cn-north-9', 'xx-north-9']
  const regions = [...partitionsInfo.partitions.flatMap((partition) => Object.keys(partition.regions)), ...newer]
  for (
    const known of ['us-west-2', 'cn-north-1', 'us-gov-west-1', 'us-iso-east-1', 'us-isob-east-1', 'us-isof-south-1']
  ) {
    assert.ok(regions.includes(known), known)
  }
  for (const region of regions) {
    for (const { fips, dualStack } of combinations) {
      assert.equal(
        await xrayEndpoint(region, { fips, dualStack }, {}),
        await sdkEndpoint(region, fips, dualStack),
        `${region} ${JSON.stringify({ fips, dualStack })}`,
      )
    }
  }
})

test('xrayEndpoint() returns the domain of each partition', async () => {
  for (
    const [region, settings, url] of [
      ['us-west-2', plain, 'https://xray.us-west-2.amazonaws.com'],
      ['eusc-de-east-1', plain, 'https://xray.eusc-de-east-1.amazonaws.eu'],
      ['cn-north-1', plain, 'https://xray.cn-north-1.amazonaws.com.cn'],
      ['us-gov-west-1', { ...plain, fips: true }, 'https://xray-fips.us-gov-west-1.amazonaws.com'],
      ['eu-central-1', { ...plain, dualStack: true }, 'https://xray.eu-central-1.api.aws'],
      ['us-iso-east-1', plain, 'https://xray.us-iso-east-1.c2s.ic.gov'],
      ['us-isob-east-1', { ...plain, dualStack: true }, 'https://xray.us-isob-east-1.api.aws.scloud'],
      ['us-isof-south-1', plain, 'https://xray.us-isof-south-1.csp.hci.ic.gov'],
      ['eu-isoe-west-1', plain, 'https://xray.eu-isoe-west-1.cloud.adc-e.uk'],
    ] as const
  ) assert.equal(await xrayEndpoint(region, settings, {}), url)
})

test('xrayEndpoint() returns the configured URL, also with FIPS and dual stack, where the AWS SDK rejects it', async () => {
  for (const { fips, dualStack } of combinations) {
    const endpoint = 'http://127.0.0.1:9/'
    assert.equal(await xrayEndpoint('us-west-2', { endpoint, fips, dualStack }, {}), 'http://127.0.0.1:9')
    if (!fips && !dualStack) continue
    const client = new XRayClient({ region: 'us-west-2' })
    const parameters = { Endpoint: endpoint, Region: 'us-west-2', UseFIPS: fips, UseDualStack: dualStack }
    assert.throws(() => client.config.endpointProvider(parameters), /custom endpoint are not supported/)
  }
})

test('xrayEndpoint() follows AWS_ENDPOINT_URL and related variables', async () => {
  assert.equal(
    await xrayEndpoint('us-west-2', plain, { AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_XRAY: 'http://b' }),
    'http://b',
  )
  const ignored = {
    AWS_ENDPOINT_URL: 'http://a',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_USE_FIPS_ENDPOINT: 'true',
  }
  assert.equal(await xrayEndpoint('us-west-2', plain, ignored), 'https://xray-fips.us-west-2.amazonaws.com')
  assert.equal(
    await xrayEndpoint('us-west-2', plain, { AWS_USE_DUALSTACK_ENDPOINT: 'true' }),
    'https://xray.us-west-2.api.aws',
  )
})

test('findRegion() prefers the configured region to AWS_REGION, and that to AWS_DEFAULT_REGION', async () => {
  const env = { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c', AWS_EC2_METADATA_DISABLED: 'true' }
  assert.equal(await findRegion('a', env), 'a')
  assert.equal(await findRegion(undefined, env), 'b')
  assert.equal(await findRegion(undefined, { ...env, AWS_REGION: '' }), 'c')
})
