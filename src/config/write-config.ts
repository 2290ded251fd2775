import { exporterList } from '../export/exporter-list.ts'

/**
 * The text of a config.ts.
 *
 * @param comments lines above the config
 * @param notes what has no counterpart, listed below the config
 */
export function writeConfig(config: object, comments: readonly string[], notes: readonly string[]): string {
  const exporters = Object.entries<unknown>(Object(Reflect.get(config, 'export')))
    .map(([name, exporter]): [string, unknown] => [name, callOf(exporter)])
  const calls = exporters.flatMap(([, exporter]) => exporter instanceof ExporterCall ? [exporter.name] : [])
  const source = exporters.length === 0 ? config : { ...config, export: Object.fromEntries(exporters) }
  return [
    `import { ${['defineConfig', ...new Set(calls)].join(', ')} } from 'rontgen'`,
    '',
    ...comments.map((line) => `// ${line}`),
    `export default defineConfig(${toSource(source, '')})`,
    ...(notes.length === 0 ? [] : ['', '// Without a counterpart:', ...notes.map((note) => `// - ${note}`)]),
    '',
  ].join('\n')
}

/** An exporter under a name of its own, which a config writes as a call: `xray({ … })`. */
class ExporterCall {
  /** @param name of the function */
  constructor(readonly name: string, readonly settings: object) {}
}

function callOf(exporter: unknown): unknown {
  const { type, ...settings } = Object(exporter)
  return exporterList.some(({ name }) => name === type) ? new ExporterCall(type, settings) : exporter
}

/** A value as TypeScript: no quotes around names, single ones around strings. */
function toSource(value: unknown, indent: string): string {
  if (typeof value === 'string') {
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  }
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof ExporterCall) {
    const settings = toSource(value.settings, indent)
    return `${value.name}(${settings === '{}' ? '' : settings})`
  }
  const inner = indent + '  '
  if (Array.isArray(value)) {
    const items = value.map((item) => toSource(item, inner))
    const line = `[${items.join(', ')}]`
    return line.length < 80 && !line.includes('\n')
      ? line
      : `[\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}]`
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined).map(([key, member]) =>
    `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : toSource(key, inner)}: ${toSource(member, inner)}`
  )
  if (members.length === 0) return '{}'
  const line = `{ ${members.join(', ')} }`
  return line.length < 60 && !line.includes('\n')
    ? line
    : `{\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}}`
}
