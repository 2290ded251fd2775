import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CommandContext } from './command.ts'
import { loadFrom } from './config-options.ts'

/**
 * Validates the config of an agent in the background before the agent is started, and prints its notes.
 *
 * @returns its absolute path; undefined for the defaults
 * @throws {ConfigError} with every issue
 */
export async function backgroundConfig(context: CommandContext): Promise<string | undefined> {
  const { notes } = await loadFrom({ ...context, args: [] })
  for (const note of notes) context.printError(note)
  const named = context.flags['config'] ?? (context.env['RONTGEN_CONFIG'] || undefined)
  if (named !== undefined) return resolve(String(named))
  return existsSync('config.ts') ? resolve('config.ts') : undefined
}
