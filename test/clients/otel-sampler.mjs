// An application with the OpenTelemetry X-Ray remote sampler. The first argument is the URL of the agent's proxy.
// Waits until the sampler takes a span for /always and leaves one for /never, and prints what it saw as JSON.
import { context, SpanKind } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AWSXRayRemoteSampler } from '@opentelemetry/sampler-aws-xray'

const sampler = new AWSXRayRemoteSampler({
  resource: resourceFromAttributes({ 'service.name': 'otel-shop' }),
  endpoint: process.argv[2],
  pollingInterval: 10,
})
const decide = (path) =>
  sampler.shouldSample(context.active(), '0'.repeat(31) + '1', 'GET', SpanKind.SERVER, { 'url.path': path }, [])
    .decision
let always = 0
let never = 0
for (let tries = 0; tries < 200; tries++) {
  always = decide('/always')
  never = decide('/never')
  if (always === 2 && never === 0) break
  await new Promise((resolve) => setTimeout(resolve, 50))
}
console.log(JSON.stringify({ always, never }))
process.exit(0)
