// config.ts shows every key of the config, with its default or as a comment. Run by Bun, which reads the schema.
import { readFileSync } from 'node:fs'
import { describeConfig } from '../../src/config/describe-config.ts'
import { sourceParts } from './source-parts.mjs'

/** What this check needs to know of a key. */
interface Key {
  /** From the top, with dots. */
  readonly path: string
  readonly children: readonly Key[]
}

/** A line of an example that is commented out: a key, or the end of an object. */
const COMMENTED = /^(\s*)\/\/(\s*(?:['"]?[A-Za-z_$][\w$]*['"]?\s*:.*[,{[]|[\])}]+,?)\s*)$/gm

/**
 * Checks an example of a config.
 *
 * @param keys the keys that a config may have
 * @param text the example, which calls `defineConfig`; a line `// key: value,` shows a key too
 * @returns what is wrong, one text for each: keys that it does not show, and keys that are commented out and do not
 *   exist (those that are not are checked by their types)
 */
export function configExample(keys: readonly Key[], text: string): string[] {
  const shown = keysIn(text.replace(COMMENTED, '$1  $2'))
  const active = keysIn(text)
  const known = new Map(keys.flatMap(flatten).map((key) => [key.path, key]))
  const isOpen = (path: string): boolean => path !== '' && (known.get(path)?.children ?? []).length === 0
  return [
    ...[...known.keys()].filter((path) => !shown.has(path)).map((path) => `config.ts does not show "${path}"`),
    ...[...shown].filter((path) => !known.has(path) && !active.has(path) && !isOpen(parentOf(path)))
      .map((path) => `config.ts shows "${path}" in a comment, which is no key`),
  ]
}

function flatten(key: Key): readonly Key[] {
  return [key, ...key.children.flatMap(flatten)]
}

function parentOf(path: string): string {
  return path.split('.').slice(0, -1).join('.')
}

/** The paths of the keys of the object that `defineConfig` is called with; those of a list's items without a number. */
function keysIn(text: string): Set<string> {
  const { code } = sourceParts(text)
  const found = new Set<string>()
  const open: { bracket: string; key: string }[] = []
  let key = ''
  let before = ''
  const start = code.indexOf('defineConfig(')
  for (const match of code.slice(start).matchAll(/(['"])[^'"]*\1|[A-Za-z_$][\w$]*|\S/g)) {
    const [token] = match
    const at = start + match.index
    if ('([{'.includes(token)) {
      open.push({ bracket: token, key })
      key = ''
    } else if (')]}'.includes(token)) open.pop()
    else if (/^['"A-Za-z_$]/.test(token) && /^\s*:/.test(code.slice(at + token.length))) {
      if (open.at(-1)?.bracket === '{' && (before === '{' || before === ',')) {
        key = text.slice(at, at + token.length).replace(/^['"]|['"]$/g, '')
        found.add([...open.map((outer) => outer.key), key].filter((part) => part !== '').join('.'))
      }
    } else if (token === ',') key = ''
    before = token
  }
  return found
}

if (import.meta.main) {
  const issues = configExample(describeConfig(), readFileSync(new URL('../../config.ts', import.meta.url), 'utf8'))
  for (const issue of issues) process.stderr.write(`${issue}\n`)
  process.exitCode = issues.length === 0 ? 0 : 1
}
