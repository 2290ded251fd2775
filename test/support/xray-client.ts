import { XRayClient } from '@aws-sdk/client-xray'
import type { AgentProcess } from './agent-process.ts'

/** The AWS SDK's client of X-Ray, at the admin port of an agent. */
export function xrayClient(agent: AgentProcess): XRayClient {
  return new XRayClient({
    region: 'us-west-2',
    endpoint: `http://${agent.address('admin')}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  })
}
