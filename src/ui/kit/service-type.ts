const icons: readonly (readonly [RegExp, string])[] = [
  [/^client$/, 'user'],
  [/Database/, 'db'],
  [/DynamoDB/, 'table'],
  [/S3/, 'bucket'],
  [/SQS|SNS|Kinesis/, 'queue'],
  [/Lambda/, 'fn'],
  [/^remote$/, 'web'],
]

/** The icon of a type of service. @param type as X-Ray's API names it; empty if it has none */
export function serviceIcon(type: string): string {
  return icons.find(([pattern]) => pattern.test(type))?.[1] ?? 'svc'
}

/** A type of service for display: `AWS::DynamoDB::Table` is DynamoDB, `Database::SQL` is Database. */
export function serviceTypeLabel(type: string): string {
  if (type === 'remote') return 'Remote'
  return type.replace(/^AWS::/, '').split('::')[0] ?? type
}
