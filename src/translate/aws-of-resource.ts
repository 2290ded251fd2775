import { ValueType } from '../otlp/attribute-list.ts'
import { forEachValue } from '../otlp/for-each-value.ts'
import { escapeJson } from '../segment/escape-json.ts'
import { type AttributeKeys, type Attributes, indexOfKey } from './attribute-key.ts'
import { K, type KnownName } from './known-keys.ts'
import type { TranslateSettings } from './translate-settings.ts'

/** A field that is longer is cut: each span repeats it; in bytes. No name or ARN of AWS has so many. */
export const MAX_FIELD_BYTES = 2048

/**
 * What a Resource adds to a segment's `aws`: `cloudwatch_logs`, `ec2`, `ecs`, `eks`, `elastic_beanstalk` and `xray`.
 *
 * @returns members as escaped JSON, each with a comma after it; undefined on another cloud than AWS
 */
export function awsOfResource(
  list: Attributes,
  keys: AttributeKeys,
  settings: TranslateSettings,
): Uint8Array | undefined {
  const text = (name: KnownName): string | undefined => textOf(list, name) || undefined
  const provider = text('cloud.provider')
  if (provider !== undefined && provider !== 'aws') return undefined
  const platform = text('cloud.platform')
  const aws: Record<string, unknown> = {}
  const logs = logGroups(list, keys, settings)
  if (logs.length > 0) aws['cloudwatch_logs'] = logs
  if (platform === 'aws_ec2' || text('host.id') !== undefined) {
    aws['ec2'] = {
      instance_id: text('host.id') ?? null,
      availability_zone: text('cloud.availability_zone') ?? null,
      instance_size: text('host.type') ?? null,
      ami_id: text('host.image.id') ?? null,
    }
  }
  if (platform === 'aws_ecs') {
    aws['ecs'] = {
      container: text('container.name'),
      container_id: text('container.id'),
      task_arn: text('aws.ecs.task.arn'),
      task_family: text('aws.ecs.task.family'),
      cluster_arn: text('aws.ecs.cluster.arn'),
      container_arn: text('aws.ecs.container.arn'),
      availability_zone: text('cloud.availability_zone'),
      launch_type: text('aws.ecs.launchtype'),
    }
  }
  const deployment = text('service.instance.id')
  if (platform === 'aws_elastic_beanstalk' && deployment !== undefined) {
    aws['elastic_beanstalk'] = {
      environment_name: text('service.namespace') ?? null,
      version_label: text('service.version') ?? null,
      deployment_id: /^[+-]?\d{1,15}$/.test(deployment) ? Number(deployment) : 0,
    }
  }
  const cluster = text('k8s.cluster.name')
  if (platform === 'aws_eks' || cluster !== undefined) {
    aws['eks'] = {
      cluster_name: cluster ?? null,
      pod: text('k8s.pod.name') ?? null,
      container_id: text('container.id') ?? null,
    }
  }
  const sdk = text('telemetry.sdk.name')
  const language = text('telemetry.sdk.language')
  aws['xray'] = {
    sdk: sdk !== undefined && language !== undefined ? `${sdk} for ${language}` : sdk,
    sdk_version: text('telemetry.sdk.version'),
    auto_instrumentation: (text('telemetry.distro.version') ?? text('telemetry.auto.version')) !== undefined,
  }
  return escapeJson(JSON.stringify(aws).slice(1, -1) + ',')
}

function logGroups(list: Attributes, keys: AttributeKeys, settings: TranslateSettings): object[] {
  const arns = texts(list, indexOfKey(list, K['aws.log.group.arns']), keys)
  if (arns.length > 0) return arns.map((arn) => ({ log_group: logGroupOfArn(arn), arn }))
  const names = texts(list, indexOfKey(list, K['aws.log.group.names']), keys)
  return (names.length > 0 ? names : settings.logGroups).map((name) => ({ log_group: name }))
}

/** Log groups that a resource names at most. */
const MAX_LOG_GROUPS = 50

/** The strings of an array attribute; or of a string attribute, which has `&` between them. */
function texts(list: Attributes, i: number, keys: AttributeKeys): string[] {
  if (i < 0) return []
  if (list.type(i) === ValueType.string) {
    return list.text(i, MAX_LOG_GROUPS * MAX_FIELD_BYTES).split('&', MAX_LOG_GROUPS)
  }
  if (list.type(i) !== ValueType.array) return []
  const found: string[] = []
  forEachValue(list, i, keys, (value) => found.push(value.text(0, MAX_FIELD_BYTES)) < MAX_LOG_GROUPS)
  return found
}

/** The name in `arn:aws:logs:region:account:log-group:NAME[:*]`. */
function logGroupOfArn(arn: string): string | undefined {
  return arn.split(':')[6] || undefined
}

const origins = new Map([
  ['aws_app_runner', 'AWS::AppRunner::Service'],
  ['aws_eks', 'AWS::EKS::Container'],
  ['aws_elastic_beanstalk', 'AWS::ElasticBeanstalk::Environment'],
  ['aws_ec2', 'AWS::EC2::Instance'],
])

/** The kind of AWS resource that a Resource is (X-Ray's `origin`); empty on another cloud, or if it does not say. */
export function originOf(list: Attributes): string {
  const isElsewhere = indexOfKey(list, K['cloud.provider']) >= 0 && textOf(list, 'cloud.provider') !== 'aws'
  if (isElsewhere) return ''
  const platform = textOf(list, 'cloud.platform')
  if (platform !== 'aws_ecs') return origins.get(platform) ?? ''
  const launchType = textOf(list, 'aws.ecs.launchtype')
  return launchType === 'ec2' ? 'AWS::ECS::EC2' : launchType === 'fargate' ? 'AWS::ECS::Fargate' : 'AWS::ECS::Container'
}

function textOf(list: Attributes, name: KnownName): string {
  const i = indexOfKey(list, K[name])
  return i < 0 ? '' : list.text(i, MAX_FIELD_BYTES)
}
