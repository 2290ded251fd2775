import type { Segment } from '../../trace/assemble-trace.ts'
import { objectOf, textOf } from '../../bytes/json.ts'

/** What a segment does: its AWS operation, or its method and path; else empty. */
export function operationOf({ document, isSubsegment }: Segment): string {
  const operation = textOf(objectOf(document['aws'])['operation'])
  if (operation !== undefined) return operation
  const { method, url } = objectOf(objectOf(document['http'])['request'])
  const path = typeof url === 'string' ? URL.canParse(url) ? new URL(url).pathname : url : undefined
  const request = [textOf(method), path].filter((part) => part !== undefined).join(' ')
  return request === '' && !isSubsegment ? textOf(objectOf(document['metadata'])['operation']) ?? '' : request
}
