import { exporterList } from '../export/exporter-list.ts'
import { describeConfig, type KeyDescription } from './describe-config.ts'

/** The text of `rontgen.d.ts`, which lets an editor check the config.ts next to it with nothing installed. */
export function editorTypes(): string {
  const keys = describeConfig()
  const exportKey = keys.find(({ path }) => path === 'export')
  const exporterKeys = exportKey?.children ?? []
  return [
    '// Written by "rontgen init"; it lets editors check config.ts.',
    "declare module 'rontgen' {",
    '  interface Sections {',
    ...keys.filter(({ path }) => path !== 'export').flatMap((key) => member(key, '    ')),
    '  }',
    ...exporterKeys.flatMap((key) => exporterInterface(key, '  ')),
    '  /** An exporter under another name: `audit: xray({ … })`. */',
    `  export type NamedExporter = ${
      exporterList.map(({ name }) => `(${interfaceOf(name)} & { type: '${name}' })`).join(' | ')
    }`,
    '  export interface KnownExporters {',
    ...exporterKeys.flatMap(knownExporter),
    '  }',
    '  /** A config that is computed; defineConfig() knows more of one that is written into it. */',
    '  export interface Config extends Sections {',
    ...exportMember(
      exportKey,
      `{ [name: string]: boolean | NamedExporter | ${
        exporterList.map(({ name }) => interfaceOf(name)).join(' | ')
      } | undefined }`,
    ),
    '  }',
    '  /** A config whose exporters have the names `E`: those that are no kinds are made by functions such as xray(). */',
    '  export interface ConfigWith<E extends string> extends Sections {',
    ...exportMember(
      exportKey,
      '{ [N in E]?: string extends N ? unknown : N extends keyof KnownExporters ? KnownExporters[N] : NamedExporter | false }',
    ),
    '  }',
    '  export interface ConfigContext {',
    '    readonly env: Readonly<Record<string, string | undefined>>',
    '    readonly host: { readonly name: string; readonly platform: string; readonly arch: string }',
    '  }',
    '  export type ConfigExport = Config | ((context: ConfigContext) => Config | Promise<Config>)',
    '  export function defineConfig<E extends string>(',
    '    config: ConfigWith<E> | ((context: ConfigContext) => ConfigWith<E> | Promise<ConfigWith<E>>),',
    '  ): ConfigExport',
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
  const { type, children, itemKeys } = key
  const head = [...commentOf(key, indent), `${indent}${nameOf(key)}: `]
  if (itemKeys.length > 0) {
    return [...append(head, '{'), ...itemKeys.flatMap((item) => member(item, indent + '  ')), `${indent}}[]`]
  }
  if (children.length === 0) return append(head, type)
  const others = type.split(' | ').filter((part) => part !== 'object')
  const open = others.length === 0 ? '{' : `${others.join(' | ')} | {`
  return [...append(head, open), ...children.flatMap((child) => member(child, indent + '  ')), `${indent}}`]
}

/** The exporters of the registry, and others. @param others their type */
function exportMember(key: KeyDescription | undefined, others: string): string[] {
  return [...(key === undefined ? [] : commentOf(key, '    ')), `    export?: KnownExporters & ${others}`]
}

/** An exporter under the name of its kind. */
function knownExporter(key: KeyDescription): string[] {
  const name = lastOf(key)
  const type = `boolean | (${interfaceOf(name)} & { type?: '${name}' })`
  return append([...commentOf(key, '    '), `    ${nameOf(key)}: `], type)
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
