// Pure folders read no clock and no random numbers, and do no input or output.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf } from './import-graph.mjs'
import { isTest, sourceFiles } from './source-files.mjs'
import { sourceParts } from './source-parts.mjs'

const pureFolders = ['translate', 'otlp', 'segment', 'trace', 'component']

const IMPURE = new RegExp(
  [
    String.raw`\bDate\.now\b`,
    String.raw`\bnew Date\(\s*\)`,
    String.raw`\bperformance\.now\b`,
    String.raw`\bprocess\.\w+`,
    String.raw`\bMath\.random\b`,
    String.raw`\bcrypto\.\w+`,
    String.raw`\bset(?:Timeout|Interval|Immediate)\b`,
    String.raw`\b(?:fetch|XMLHttpRequest|WebSocket|EventSource)\s*\(`,
    String.raw`\b(?:Bun|Deno|console|localStorage)\.\w+`,
  ].join('|'),
  'g',
)

/** Modules of the runtime that neither measure time nor reach out of the process. */
const pureModules = ['node:assert', 'node:assert/strict', 'node:buffer', 'node:util', 'node:path', 'node:url']

/**
 * Checks that code of some folders depends on its arguments alone. Comments and texts do not count; tests may do what
 * they like.
 *
 * @param folder the source tree
 * @param options `folders`: the pure ones
 * @returns what is wrong, one text for each
 */
export function purity(folder, { folders = pureFolders } = {}) {
  return folders.flatMap((pure) =>
    sourceFiles(join(folder, pure), /\.tsx?$/).filter((file) => !isTest(file)).flatMap((name) => {
      const file = `${pure}/${name}`
      const text = readFileSync(join(folder, file), 'utf8')
      const modules = importsOf(text).filter(({ specifier, kind }) =>
        kind !== 'type' && /^(node|bun):/.test(specifier) && !pureModules.includes(specifier)
      ).map(({ specifier }) => specifier)
      const uses = sourceParts(text).code.match(IMPURE) ?? []
      return [...new Set([...modules, ...uses])].map((what) => `src/${file} must be pure, and uses ${what}`)
    })
  )
}
