import { describeConfig, type KeyDescription } from './describe-config.ts'

/** The text of `rontgen.d.ts`: it lets an editor check a config.ts beside it, with nothing installed. */
export function editorTypes(): string {
  return [
    '// Written by "rontgen init"; it lets editors check config.ts.',
    "declare module 'rontgen' {",
    '  export interface Config {',
    ...describeConfig().flatMap((key) => member(key, '    ')),
    '  }',
    '  export interface Place {',
    '    readonly env: Readonly<Record<string, string | undefined>>',
    '    readonly host: { readonly name: string; readonly platform: string; readonly arch: string }',
    '  }',
    '  export type ConfigExport = Config | ((place: Place) => Config | Promise<Config>)',
    '  export function defineConfig<C extends ConfigExport>(config: C): C',
    '}',
    '',
    '// What a config may use of the runtime, for editors that know no runtime.',
    'declare const process: { readonly env: Readonly<Record<string, string | undefined>> }',
    '',
  ].join('\n')
}

function member(
  { path, type, default: value, description, isOptional, children }: KeyDescription,
  indent: string,
): string[] {
  const name = path.slice(path.lastIndexOf('.') + 1)
  const comment = [description, value === undefined ? '' : `Default: ${value}`].filter(Boolean).join(' ')
  const head = [...(comment === '' ? [] : [`${indent}/** ${comment} */`])]
  const key = `${indent}${name}${isOptional ? '?' : ''}: `
  if (children.length === 0) return [...head, key + type]
  const others = type.split(' | ').filter((part) => part !== 'object')
  const open = others.length === 0 ? '{' : `${others.join(' | ')} | {`
  return [...head, key + open, ...children.flatMap((child) => member(child, indent + '  ')), `${indent}}`]
}
