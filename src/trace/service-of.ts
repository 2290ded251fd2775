import { objectOf, textOf } from '../bytes/json.ts'
import type { Segment } from './assemble-trace.ts'

/** A service as the map shows it. */
export interface ServiceName {
  readonly name: string
  readonly type: string
  readonly accountId?: string
}

/** X-Ray's types of AWS resources by the lower-case name of their service, and the members of `aws` that name one. */
const resources: ReadonlyMap<string, readonly [type: string, ...members: string[]]> = new Map([
  ['dynamodb', ['AWS::DynamoDB::Table', 'table_name']],
  ['sqs', ['AWS::SQS::Queue', 'queue_url', 'queue_name']],
  ['sns', ['AWS::SNS::Topic', 'topic_arn']],
  ['s3', ['AWS::S3::Bucket', 'bucket_name', 'bucket']],
  ['lambda', ['AWS::Lambda::Function', 'function_name']],
  ['kinesis', ['AWS::Kinesis::Stream', 'stream_name']],
])

/** The service that sent a segment. */
export function serviceOf({ document, name }: Segment): ServiceName {
  return withAccount({ name, type: textOf(document['origin']) ?? '' }, document)
}

/** The service that a subsegment calls; undefined if it calls none, or one that sent a segment of its own. */
export function calledService({ document, name, isSubsegment, children }: Segment): ServiceName | undefined {
  const namespace = document['namespace']
  if (!isSubsegment || (namespace !== 'aws' && namespace !== 'remote')) return undefined
  if (children.some((child) => !child.isSubsegment)) return undefined
  if (document['sql'] !== undefined) return withAccount({ name, type: 'Database::SQL' }, document)
  if (namespace === 'remote') return withAccount({ name, type: 'remote' }, document)
  const aws = objectOf(document['aws'])
  const [type = `AWS::${name}`, ...members] = resources.get(name.toLowerCase()) ?? []
  const resource = members.map((member) => textOf(aws[member])).find((value) => value !== undefined)
  // A queue is identified by its URL, a topic by its ARN; the last part of either is the name.
  return withAccount({ name: resource?.split(/[/:]/).pop() ?? name, type }, document)
}

function withAccount(service: ServiceName, document: Segment['document']): ServiceName {
  const accountId = textOf(objectOf(document['aws'])['account_id'])
  return accountId === undefined ? service : { ...service, accountId }
}
