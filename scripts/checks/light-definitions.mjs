// The schemas load nothing heavy: what reads a config, or writes its docs, opens no server and no client of AWS.
import { importGraph } from './import-graph.mjs'
import { isTest } from './source-files.mjs'

/** What must load fast, relative to src; `**` stands for every file of a folder that is no test. */
const lightEntries = ['config/**', 'receive/receiver-list.ts', 'export/exporter-list.ts']

/** Packages that only a receiver or exporter that runs may load; `*` stands for every package of a scope. */
const heavyPackages = [
  'node:http2',
  'node:sqlite',
  'hono',
  '@connectrpc/*',
  '@aws-sdk/*',
  '@smithy/*',
  'aws4fetch',
  'prom-client',
]

/**
 * Checks that files do not load packages, directly or through what they import. Imports of types load nothing, and
 * `import()` loads later, so neither counts.
 *
 * @param folder the source tree
 * @param options `entries`: the files that must be light; `packages`: what they must not load
 * @returns for each import of such a package that an entry reaches one text, with the shortest way to it
 */
export function lightDefinitions(folder, { entries = lightEntries, packages = heavyPackages } = {}) {
  const graph = importGraph(folder)
  const issues = []
  const starts = entries.flatMap((entry) => {
    const found = graph.files.filter((file) => !isTest(file) && matches(entry, file))
    if (found.length === 0) issues.push(`src/${entry} must be light, and does not exist`)
    return found
  })
  for (const way of waysFrom(starts, graph.imports)) {
    const heavy = graph.packages.get(way.at(-1)).filter(({ name, kind }) => kind === 'value' && isHeavy(name, packages))
    for (const name of new Set(heavy.map(({ name }) => name))) {
      issues.push(`src/${way[0]} loads "${name}": ${way.map((file) => `src/${file}`).join(' → ')}`)
    }
  }
  return issues
}

/** The shortest way from a start to each file that the starts load. */
function waysFrom(starts, imports) {
  const ways = starts.map((file) => [file])
  const seen = new Set(starts)
  for (const way of ways) {
    for (const { target, kind } of imports.get(way.at(-1)) ?? []) {
      if (kind !== 'value' || seen.has(target) || !imports.has(target)) continue
      seen.add(target)
      ways.push([...way, target])
    }
  }
  return ways
}

function matches(entry, file) {
  return entry.endsWith('/**') ? file.startsWith(entry.slice(0, -2)) : file === entry
}

function isHeavy(name, packages) {
  return packages.some((heavy) =>
    heavy.endsWith('/*') ? name.startsWith(heavy.slice(0, -1)) : name === heavy || name.startsWith(`${heavy}/`)
  )
}
