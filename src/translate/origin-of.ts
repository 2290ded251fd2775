import type { AttributeList } from '../otlp/attribute-list.ts'
import { K } from '../otlp/known-keys.ts'

const origins = new Map([
  ['aws_app_runner', 'AWS::AppRunner::Service'],
  ['aws_eks', 'AWS::EKS::Container'],
  ['aws_elastic_beanstalk', 'AWS::ElasticBeanstalk::Environment'],
  ['aws_ec2', 'AWS::EC2::Instance'],
])

/** The kind of AWS resource that a Resource is (X-Ray's `origin`); empty on another cloud, or if it does not say. */
export function originOf(list: AttributeList): string {
  const provider = list.indexOf(K['cloud.provider'])
  if (provider >= 0 && list.text(provider) !== 'aws') return ''
  const at = list.indexOf(K['cloud.platform'])
  const platform = at < 0 ? '' : list.text(at)
  if (platform !== 'aws_ecs') return origins.get(platform) ?? ''
  const launch = list.indexOf(K['aws.ecs.launchtype'])
  const type = launch < 0 ? '' : list.text(launch)
  return type === 'ec2' ? 'AWS::ECS::EC2' : type === 'fargate' ? 'AWS::ECS::Fargate' : 'AWS::ECS::Container'
}
