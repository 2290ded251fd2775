import * as v from 'valibot'
import { callXray } from '../aws/call-xray.ts'
import type { Settings } from '../config/schema.ts'
import { findAccess } from '../export/xray/xray-exporter.ts'
import { createFetch } from '../platform/create-fetch.ts'
import { VERSION } from '../version.ts'
import { AdminClient } from './admin-client.ts'
import type { CommandContext } from './command.ts'

const TIMEOUT_MS = 30_000
const awsError = v.object({ message: v.optional(v.string()), Message: v.optional(v.string()) })

/** Calls X-Ray's API: that of the agent that runs here, or AWS's. */
export interface XrayCaller {
  /** @throws {Error} in X-Ray's words if it answers with an error */
  call<S extends v.GenericSchema>(path: string, schema: S, body: object): Promise<v.InferOutput<S>>
}

/** The caller that the flag `--aws` chooses. */
export function openCaller(settings: Settings, { flags, env }: CommandContext): XrayCaller {
  return flags['aws'] === true ? awsCaller(settings, env) : new AdminClient(settings)
}

function awsCaller(settings: Settings, env: CommandContext['env']): XrayCaller {
  const xray = settings.export.xray === false ? undefined : settings.export.xray
  const userAgent = `rontgen/${VERSION}`
  const fetch = createFetch({ proxy: xray?.proxy, ca: undefined }, env)
  const own = {
    region: xray?.region,
    endpoint: xray?.endpoint,
    fips: xray?.fips ?? false,
    dualStack: xray?.dualStack ?? false,
    roleArn: xray?.roleArn,
    externalId: xray?.externalId,
    timeoutMs: TIMEOUT_MS,
    userAgent,
  }
  return {
    async call(path, schema, body) {
      const bytes = new Uint8Array(new TextEncoder().encode(JSON.stringify(body)))
      const response = await callXray(await findAccess(own, env), path, bytes, {
        fetch,
        userAgent,
        timeoutMs: TIMEOUT_MS,
      })
      const answer: unknown = await response.json().catch(() => undefined)
      if (!response.ok) {
        const said = v.safeParse(awsError, answer)
        const why = said.success ? said.output.message ?? said.output.Message : undefined
        throw new Error(`X-Ray answered ${response.status}${why === undefined ? '' : `: ${why}`}`)
      }
      return v.parse(schema, answer)
    },
  }
}
