import { exporterList } from '../export/exporter-list.ts'
import { describeConfig, type KeyDescription } from './describe-config.ts'

/** The text of `rontgen.d.ts`, which lets an editor check the config.ts next to it with nothing installed. */
export function editorTypes(): string {
  const keys = describeConfig()
  const exporterKeys = keys.find(({ path }) => path === 'export')?.children ?? []
  return [
    '// Written by "rontgen init"; it lets editors check config.ts.',
    "declare module 'rontgen' {",
    '  export interface Config {',
    ...keys.flatMap((key) => (key.path === 'export' ? exportMember(key, '    ') : member(key, '    '))),
    '  }',
    ...exporterKeys.flatMap((key) => exporterInterface(key, '  ')),
    '  /** An exporter under another name. */',
    `  export type NamedExporter = ${
      exporterList.map(({ name }) => `(${interfaceOf(name)} & { type: '${name}' })`).join(' | ')
    }`,
    '  export interface ConfigContext {',
    '    readonly env: Readonly<Record<string, string | undefined>>',
    '    readonly host: { readonly name: string; readonly platform: string; readonly arch: string }',
    '  }',
    '  export type ConfigExport = Config | ((context: ConfigContext) => Config | Promise<Config>)',
    '  export function defineConfig<C extends ConfigExport>(config: C): C',
    ...exporterList.map(({ name }) =>
      `  export function ${name}(settings?: ${interfaceOf(name)}): ${interfaceOf(name)} & { type: '${name}' }`
    ),
    '}',
    '',
    '// The part of the runtime that a config may use, for editors that know no runtime.',
    'declare const process: { readonly env: Readonly<Record<string, string | undefined>> }',
    '',
  ].join('\n')
}

function member(key: KeyDescription, indent: string): string[] {
  const { type, children } = key
  const head = [...commentOf(key, indent), `${indent}${nameOf(key)}: `]
  if (children.length === 0) return append(head, type)
  const others = type.split(' | ').filter((part) => part !== 'object')
  const open = others.length === 0 ? '{' : `${others.join(' | ')} | {`
  return [...append(head, open), ...children.flatMap((child) => member(child, indent + '  ')), `${indent}}`]
}

/** The exporters of the registry, and any number of named ones. */
function exportMember(key: KeyDescription, indent: string): string[] {
  const inner = indent + '  '
  return [
    ...append([...commentOf(key, indent), `${indent}${nameOf(key)}: `], '{'),
    ...key.children.flatMap((child) =>
      append([...commentOf(child, inner), `${inner}${nameOf(child)}: `], `boolean | ${interfaceOf(lastOf(child))}`)
    ),
    `${inner}[name: string]: boolean | NamedExporter | ${
      key.children.map((child) => interfaceOf(lastOf(child))).join(' | ')
    } | undefined`,
    `${indent}}`,
  ]
}

function exporterInterface(key: KeyDescription, indent: string): string[] {
  return [
    ...commentOf(key, indent),
    `${indent}export interface ${interfaceOf(lastOf(key))} {`,
    ...key.children.flatMap((child) => member(child, indent + '  ')),
    `${indent}}`,
  ]
}

function commentOf({ description, default: value }: KeyDescription, indent: string): string[] {
  const comment = [description, value === undefined ? '' : `Default: ${value}`].filter(Boolean).join(' ')
  return comment === '' ? [] : [`${indent}/** ${comment} */`]
}

/** Appends `text` to the last line. */
function append(lines: readonly string[], text: string): string[] {
  return [...lines.slice(0, -1), (lines.at(-1) ?? '') + text]
}

function nameOf(key: KeyDescription): string {
  return `${lastOf(key)}${key.isOptional ? '?' : ''}`
}

function lastOf({ path }: KeyDescription): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

function interfaceOf(exporter: string): string {
  return `${exporter.charAt(0).toUpperCase()}${exporter.slice(1)}Exporter`
}
