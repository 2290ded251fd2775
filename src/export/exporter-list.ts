import type { Exporter } from '../component/exporter.ts'
import * as registry from './exporters.ts'

/** An exporter of the registry. */
export type RegisteredExporter = (typeof registry)[keyof typeof registry]

/** Every exporter: first those through which data leaves the machine, then by label. */
export const exporterList: readonly Exporter[] = Object.values(registry).toSorted((a, b) =>
  Number(b.leavesMachine) - Number(a.leavesMachine) || a.label.localeCompare(b.label)
)
