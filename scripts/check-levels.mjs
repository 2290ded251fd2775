// Imports go one way: each folder of src stands on a level, and imports from lower levels only.
import { join } from 'node:path'
import { importGraph, ringsOf } from './import-graph.mjs'
import { root } from './tools.mjs'

/** The levels of src, from the top; folders on one level do not know each other. */
export const levels = [
  ['main.ts'],
  ['cli'],
  ['agent'],
  ['admin', 'compat', 'doctor', 'pipeline', 'service', 'demo'],
  ['config'],
  ['receive', 'translate', 'queue', 'export', 'ui'],
  ['local'],
  ['trace', 'otlp', 'segment', 'aws'],
  ['component'],
  ['telemetry'],
  ['sqlite', 'platform'],
  ['net'],
  ['async', 'bytes', 'errors', 'version.ts'],
]

/** What breaks the order, a line each. @param folder the source tree @param order its levels, from the top */
export function levelIssues(folder, order = levels) {
  const { imports, missing } = importGraph(folder)
  const levelOf = new Map(order.flatMap((names, level) => names.map((name) => [name, level])))
  const part = (file) => file.split('/')[0]
  const issues = missing.map(({ file, target }) => `src/${file} imports src/${target}, which does not exist`)
  for (const name of new Set([...imports.keys()].map(part))) {
    if (!levelOf.has(name)) issues.push(`src/${name} stands on no level; add it to scripts/check-levels.mjs`)
  }
  for (const [file, targets] of imports) {
    if (isTest(file)) continue
    for (const target of targets) {
      const [from, to] = [part(file), part(target)]
      if (from === to || levelOf.get(from) < levelOf.get(to)) continue
      const way = levelOf.get(from) === levelOf.get(to) ? 'sideways' : 'upwards'
      issues.push(`src/${file} imports ${way}: ${from} must not import ${to} (src/${target})`)
    }
  }
  const production = new Map([...imports].filter(([file]) => !isTest(file)))
  for (const ring of ringsOf(production)) {
    issues.push(`Files import each other in a ring: ${ring.map((file) => `src/${file}`).join(' → ')}`)
  }
  return issues
}

function isTest(file) {
  return /\.test\.tsx?$/.test(file)
}

if (process.argv[1]?.endsWith('check-levels.mjs')) {
  const issues = levelIssues(join(root, 'src'))
  for (const issue of issues) console.error(issue)
  process.exitCode = issues.length === 0 ? 0 : 1
}
