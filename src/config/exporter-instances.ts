import type { Exporter } from '../component/exporter.ts'
import { exporterList } from '../export/exporter-list.ts'
import type { WhenFull } from './export-schema.ts'
import type { Settings } from './schema.ts'

/** An exporter that the config turns on. */
export interface ExporterInstance {
  /** Its key in the config, below `export`. */
  readonly name: string
  readonly exporter: Exporter
  readonly settings: object
  readonly whenFull: WhenFull
  /** The largest number of requests in flight. */
  readonly concurrency: number
}

/** The exporters that the config turns on, those of the registry first. */
export function exporterInstances(settings: Pick<Settings, 'export'>): ExporterInstance[] {
  return Object.entries(settings.export).flatMap(([name, exporterSettings]) => {
    if (exporterSettings === false) return []
    const exporter = exporterList.find((known) => known.name === (exporterSettings.type ?? name))
    if (exporter === undefined) return []
    const { whenFull } = exporterSettings
    const concurrency = 'concurrency' in exporterSettings ? Number(exporterSettings.concurrency) : 1
    return [{ name, exporter, settings: exporterSettings, whenFull, concurrency }]
  })
}
