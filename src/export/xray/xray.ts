import * as v from 'valibot'
import { defineExporter } from '../../component/exporter.ts'
import { count, duration, file, region, url } from '../../component/values.ts'

/** AWS X-Ray, by PutTraceSegments (https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html). */
export const xray = defineExporter({
  name: 'xray',
  label: 'AWS X-Ray',
  description: 'AWS X-Ray. Off unless it is set; while it is off, nothing leaves the machine.',
  leavesMachine: true,
  schema: v.strictObject({
    region: v.pipe(
      v.optional(region),
      v.description(
        'AWS region; default: AWS_REGION, AWS_DEFAULT_REGION, the shared config file, ECS or EC2 metadata.',
      ),
    ),
    endpoint: v.pipe(
      v.optional(url),
      v.description('URL of X-Ray, such as that of a VPC endpoint; default: the endpoint of the region.'),
    ),
    concurrency: v.pipe(v.optional(count(256), 8), v.description('Maximum number of requests in flight.')),
    timeout: v.pipe(v.optional(duration, '10s'), v.description('How long one request may take.')),
    roleArn: v.pipe(
      v.optional(v.pipe(v.string(), v.startsWith('arn:', 'an ARN'))),
      v.description('IAM role to assume with the credentials that are found.'),
    ),
    externalId: v.pipe(v.optional(v.string()), v.description("External id that the role's trust policy requires.")),
    proxy: v.pipe(
      v.optional(url),
      v.description('HTTP proxy for requests to AWS; default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide.'),
    ),
    caFile: v.pipe(
      v.optional(file),
      v.description("PEM file with certificates to trust besides the system's; default: AWS_CA_BUNDLE."),
    ),
    insecure: v.pipe(
      v.optional(v.boolean(), false),
      v.description('Accept any certificate. For tests only: anyone in between can then read and change everything.'),
    ),
    resourceArn: v.pipe(
      v.optional(v.string()),
      v.description('ARN of the AWS resource that the agent runs on, sent to X-Ray with the telemetry.'),
    ),
    localMode: v.pipe(
      v.optional(v.boolean(), false),
      v.description('Do not ask the EC2 metadata service for the region.'),
    ),
    fips: v.pipe(v.optional(v.boolean(), false), v.description('Use the FIPS endpoint.')),
    telemetry: v.pipe(
      v.optional(v.boolean(), true),
      v.description('Report to X-Ray once per minute how many segments were received and sent (PutTelemetryRecords).'),
    ),
    dualStack: v.pipe(v.optional(v.boolean(), false), v.description('Use the dual-stack endpoint (IPv4 and IPv6).')),
  }),
  options: [
    {
      flag: 'region',
      key: 'region',
      kind: 'text',
      value: 'REGION',
      summary: 'send to AWS X-Ray in this region',
      question: 'Which AWS region? Leave empty to use AWS_REGION, the shared config or the instance metadata',
    },
    { flag: 'endpoint', key: 'endpoint', kind: 'text', value: 'URL', summary: 'send to X-Ray at this URL' },
    { flag: 'role-arn', key: 'roleArn', kind: 'text', value: 'ARN', summary: 'IAM role to assume' },
  ],
  async open(settings, context) {
    const { openXrayExporter } = await import('./open-xray-exporter.ts')
    return openXrayExporter(settings, context)
  },
  async check(settings, env) {
    const { checkXray } = await import('./check/check-xray.ts')
    return await checkXray(settings, env)
  },
})
