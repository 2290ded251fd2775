import * as v from 'valibot'
import { openXray, type XrayConnectionSettings } from '../aws/open-xray.ts'
import { exporterInstances } from '../config/exporter-instances.ts'
import type { Settings } from '../config/schema.ts'
import { xray } from '../export/xray/xray.ts'
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
  const [first] = xrayInstances(settings)
  return awsCaller(first?.settings ?? v.parse(xray.schema, {}), env)
}

/** The exporters to AWS X-Ray that the config has, by their names. */
export function xrayInstances(settings: Settings): { name: string; settings: XrayConnectionSettings }[] {
  return exporterInstances(settings).flatMap(({ name, exporter, settings: checked }) =>
    // Its schema has made the settings.
    exporter.name === xray.name ? [{ name, settings: checked as XrayConnectionSettings }] : []
  )
}

/** Calls AWS X-Ray, as an exporter with these settings does. @throws {Error} if the file with certificates cannot be read */
export function awsCaller(settings: XrayConnectionSettings, env: CommandContext['env']): XrayCaller {
  const connection = openXray(settings, env)
  return {
    async call(path, schema, body) {
      const response = await connection.call(path, JSON.stringify(body))
      const answer: unknown = await response.json().catch(() => undefined)
      if (!response.ok) {
        const parsed = v.safeParse(awsError, answer)
        const why = parsed.success ? parsed.output.message ?? parsed.output.Message : undefined
        throw new Error(`X-Ray answered ${response.status}${why === undefined ? '' : `: ${why}`}`)
      }
      return v.parse(schema, answer)
    },
  }
}
