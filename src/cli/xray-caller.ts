import * as v from 'valibot'
import { openXray, type XrayConnection } from '../aws/open-xray.ts'
import { type Settings, xrayDefaults } from '../config/schema.ts'
import { AdminClient } from './admin-client.ts'
import type { CommandContext } from './command.ts'

const awsError = v.object({ message: v.optional(v.string()), Message: v.optional(v.string()) })

/** Calls X-Ray's API: that of the agent that runs here, or AWS's. */
export interface XrayCaller {
  /** @throws {Error} in X-Ray's words if it answers with an error */
  call<S extends v.GenericSchema>(path: string, schema: S, body: object): Promise<v.InferOutput<S>>
}

/**
 * The caller that the flag `--aws` chooses.
 *
 * @throws {Error} if the file with certificates cannot be read, or the config turns the admin port off
 */
export function openCaller(settings: Settings, { flags, env }: CommandContext): XrayCaller {
  if (flags['aws'] !== true) return new AdminClient(settings)
  const { xray } = settings.export
  return awsCaller(openXray(xray === false ? xrayDefaults : xray, env))
}

function awsCaller(connection: XrayConnection): XrayCaller {
  return {
    async call(path, schema, body) {
      const response = await connection.call(path, JSON.stringify(body))
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
