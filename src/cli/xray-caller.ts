import * as v from 'valibot'
import { openXray, type XrayConnectionSettings } from '../aws/open-xray.ts'
import { exporterInstances } from '../config/exporter-instances.ts'
import type { Settings } from '../config/schema.ts'
import { xray } from '../export/xray/xray.ts'
import { AdminClient } from './admin-client.ts'
import type { CommandContext } from './command.ts'

const awsError = v.object({ message: v.optional(v.string()), Message: v.optional(v.string()) })

/** Calls the X-Ray API, of the running agent or of AWS. */
export interface XrayCaller {
  /** @throws {Error} with X-Ray's message if it answers with an error */
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

/** The exporters of the config that send to AWS X-Ray. */
export function xrayInstances(settings: Settings): { name: string; settings: XrayConnectionSettings }[] {
  return exporterInstances(settings).flatMap(({ name, exporter, settings: checked }) =>
    // The schema of `xray` has made these settings.
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
        const reason = parsed.success ? parsed.output.message ?? parsed.output.Message : undefined
        throw new Error(`X-Ray answered ${response.status}${reason === undefined ? '' : `: ${reason}`}`)
      }
      return v.parse(schema, answer)
    },
  }
}
