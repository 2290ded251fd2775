import { pathToFileURL } from 'node:url'
import * as rontgen from './define.ts'

let isReady = false
let version = 0

/**
 * Imports a config file. In the executable the bare import `rontgen` resolves to this program; under Deno the import
 * map resolves it. Each call loads the file again, so that a reload sees its changes.
 *
 * @returns the default export
 */
export async function importConfig(file: string): Promise<unknown> {
  const bun = 'Bun' in globalThis ? Bun : undefined
  if (!isReady && bun !== undefined) {
    bun.plugin({
      name: 'rontgen',
      setup(build) {
        build.module('rontgen', () => ({ exports: { ...rontgen }, loader: 'object' }))
      },
    })
  }
  isReady = true
  const query = version++ === 0 ? '' : `?v=${version}`
  const url = bun === undefined ? pathToFileURL(file).href : file
  const module: { default?: unknown } = await import(url + query)
  return module.default
}
