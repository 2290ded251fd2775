/**
 * The text of a config.ts.
 *
 * @param comments lines above the config
 * @param notes what has no counterpart, listed below the config
 */
export function writeConfig(config: object, comments: readonly string[], notes: readonly string[]): string {
  return [
    "import { defineConfig } from 'rontgen'",
    '',
    ...comments.map((line) => `// ${line}`),
    `export default defineConfig(${toSource(config, '')})`,
    ...(notes.length === 0 ? [] : ['', '// Without a counterpart:', ...notes.map((note) => `// - ${note}`)]),
    '',
  ].join('\n')
}

/** A value as TypeScript: no quotes around names, single ones around strings. */
function toSource(value: unknown, indent: string): string {
  if (typeof value === 'string') {
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  }
  if (typeof value !== 'object' || value === null) return String(value)
  const inner = indent + '  '
  if (Array.isArray(value)) {
    const items = value.map((item) => toSource(item, inner))
    const line = `[${items.join(', ')}]`
    return line.length < 80 && !line.includes('\n')
      ? line
      : `[\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}]`
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined).map(([key, member]) =>
    `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${toSource(member, inner)}`
  )
  if (members.length === 0) return '{}'
  const line = `{ ${members.join(', ')} }`
  return line.length < 60 && !line.includes('\n')
    ? line
    : `{\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}}`
}
