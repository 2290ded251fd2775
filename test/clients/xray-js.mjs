// An application with the X-Ray SDK for JavaScript and centralised sampling. AWS_XRAY_DAEMON_ADDRESS names the agent.
// Waits until a rule from X-Ray is in force, sends a segment with a subsegment, and prints their ids as JSON.
import AWSXRay from 'aws-xray-sdk-core'

AWSXRay.setContextMissingStrategy('IGNORE_ERROR')
const response = { req: { headers: { host: 'shop.example.com' }, method: 'GET', url: '/orders' } }
let segment
for (let tries = 0; tries < 300; tries++) {
  segment = new AWSXRay.Segment('xray-shop')
  AWSXRay.middleware.resolveSampling({ sampled: '?' }, segment, response)
  if (segment.aws?.xray?.rule_name !== undefined) break
  await new Promise((resolve) => setTimeout(resolve, 50))
}
const subsegment = segment.addNewSubsegment('price')
subsegment.addAnnotation('order', 831)
subsegment.close()
segment.close()
const rule = segment.aws?.xray?.rule_name
console.log(JSON.stringify({ trace: segment.trace_id, id: segment.id, sub: subsegment.id, rule }))
await new Promise((resolve) => setTimeout(resolve, 300))
process.exit(0)
