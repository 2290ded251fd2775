import type { Exporter } from '../component/exporter.ts'
import { exporterList } from '../export/exporter-list.ts'
import type { WhenFull } from './export-schema.ts'
import type { Settings } from './schema.ts'

/** An exporter as the config has it. */
export interface ExporterInstance {
  /** Its key in the config, below `export`. */
  readonly name: string
  readonly exporter: Exporter
  readonly settings: object
  readonly whenFull: WhenFull
  /** Requests in flight at most. */
  readonly concurrency: number
}

/** The exporters of the config that are on, those of the registry first. */
export function exporterInstances(settings: Pick<Settings, 'export'>): ExporterInstance[] {
  return Object.entries(settings.export).flatMap(([name, exporterSettings]) => {
    if (exporterSettings === false) return []
    const exporter = exporterList.find((one) => one.name === (exporterSettings.type ?? name))
    if (exporter === undefined) return []
    const { whenFull } = exporterSettings
    const concurrency = 'concurrency' in exporterSettings ? Number(exporterSettings.concurrency) : 1
    return [{ name, exporter, settings: exporterSettings, whenFull, concurrency }]
  })
}
