// Pure folders read no clock and no random numbers, and do no input or output.
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { importGraph } from './import-graph.mjs'
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
  const { packages } = importGraph(folder)
  return folders.flatMap((pure) =>
    sourceFiles(join(folder, pure), /\.tsx?$/).filter((file) => !isTest(file)).flatMap((name) => {
      const file = `${pure}/${name}`
      const modules = packages.get(file).filter((module) => module.kind !== 'type' && isImpure(module.name))
        .map((module) => module.name)
      const uses = sourceParts(readFileSync(join(folder, file), 'utf8')).code.match(IMPURE) ?? []
      return [...new Set([...modules, ...uses])].map((what) => `src/${file} must be pure, and uses ${what}`)
    })
  )
}

/** Whether a module is one of the runtime that does I/O; its prefix may be left out. */
function isImpure(name) {
  if (/^bun(:|$)/.test(name)) return true
  return isBuiltin(name) && !pureModules.includes(name.startsWith('node:') ? name : `node:${name}`)
}
