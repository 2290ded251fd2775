// Imports go one way: each folder of src stands on a level, and imports from lower levels only.
import { importGraph, ringsOf } from './import-graph.mjs'
import { isTest, sourceFiles } from './source-files.mjs'

/** The levels of src, from the top; folders on one level do not know each other. */
const srcLevels = [
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
  ['async', 'bytes', 'errors', 'files', 'version.ts'],
]

/** What is built outside of src, and read from it. */
const built = ['../dist/page.txt']

/** What is generated in src, and imports packages alone. */
const generated = ['otlp/gen/']

/** Files whose `import()` names what only a person's config says. */
const loadsConfig = ['config/import-config.ts']

/** What files of src end with: code and styles, whose imports are read, and what scripts/build-page.mjs puts into the page. */
const knownEndings = /\.(tsx?|css|html|svg)$/

/** The package that src is; nothing of it is imported by its name. */
const ownName = 'rontgen'

/**
 * Checks that imports go down only: none goes up or sideways between levels, and no files or folders form a ring.
 * Every kind of import counts: of types, of values, `import()`, `require()`, `@import` of CSS. Tests may import what
 * they like, if it is there. What could hide an import is refused: names that are computed or absolute, files that
 * nobody reads, tests that are imported.
 *
 * @param folder the source tree
 * @param options `order`: its levels, from the top; `allowed`: files outside of the tree that it may import;
 *   `computed`: files that may import what they compute the name of
 * @returns what is wrong, one text for each
 */
export function levels(folder, { order = srcLevels, allowed = built, computed = loadsConfig } = {}) {
  const graph = importGraph(folder)
  const edges = new Map()
  for (const [file, targets] of graph.imports) if (!isTest(file)) edges.set(file, targets.map(({ target }) => target))
  return [
    ...sourceFiles(folder, /(^|\/)[^./][^/]*$/).filter((file) => !knownEndings.test(file))
      .map((file) => `src/${file} is not read by the checks; write .ts, .tsx or .css`),
    ...graph.missing.map(({ file, target }) => `src/${file} imports src/${target}, which does not exist`),
    ...graph.outside.filter(({ file, target }) => !isTest(file) && !allowed.includes(target))
      .map(({ file, target }) => `src/${file} imports "${target}", which is outside of src`),
    ...hiddenIssues(graph, edges, computed),
    ...directionIssues(edges, order),
    ...ringsOf(edges).map((ring) => `Files import each other in a ring: ${ring.map(inSrc).join(' → ')}`),
    ...folderRingIssues(edges),
  ]
}

/** Imports of which nobody could say whether they go down. */
function hiddenIssues({ files, packages, computed, odd }, edges, mayCompute) {
  const known = new Set(files)
  const issues = computed.filter((file) => !isTest(file) && !mayCompute.includes(file))
    .map((file) => `src/${file} imports what it computes the name of; write the name between quotes`)
  for (const { file, specifier } of odd) {
    if (!isTest(file)) issues.push(`src/${file} imports "${specifier}"; write a path that starts with ./ or ../`)
  }
  for (const [file, targets] of edges) {
    for (const target of targets) {
      if (isTest(target)) issues.push(`src/${file} imports the test src/${target}; only tests may`)
      else if (!known.has(target) && !generated.some((start) => target.startsWith(start))) {
        issues.push(`src/${file} imports src/${target}, whose own imports are not read by the checks`)
      }
    }
    for (const { name } of packages.get(file)) {
      if (name.split('/')[0] === ownName) {
        issues.push(`src/${file} imports "${name}", the agent itself, by its package; write a path instead`)
      } else if (/^(node:)?module$/.test(name)) {
        issues.push(`src/${file} imports "${name}", which loads files that the checks do not see; use import()`)
      }
    }
  }
  return issues
}

function directionIssues(edges, order) {
  const levelOf = new Map(order.flatMap((names, level) => names.map((name) => [name, level])))
  const part = (file) => file.split('/')[0]
  const issues = [...new Set([...edges.keys()].map(part))].filter((name) => !levelOf.has(name))
    .map((name) => `src/${name} stands on no level; add it to scripts/checks/levels.mjs`)
  for (const [file, targets] of edges) {
    for (const target of targets) {
      const [from, to] = [levelOf.get(part(file)), levelOf.get(part(target))]
      if (from === undefined || to === undefined || part(file) === part(target) || from < to) continue
      const way = from === to ? 'sideways' : 'upwards'
      issues.push(`src/${file} imports ${way}: ${part(file)} must not import ${part(target)} (src/${target})`)
    }
  }
  return issues
}

/** Rings of folders that lie in the same folder, at each depth; files next to them do not count. */
function folderRingIssues(edges) {
  /** For each folder: which of its folders imports which, with an import that shows it. */
  const graphs = new Map()
  for (const [file, targets] of edges) {
    for (const target of targets) {
      const pair = folderPair(file, target)
      if (pair === undefined) continue
      const graph = graphs.get(pair.parent) ?? new Map()
      graphs.set(pair.parent, graph)
      if (!graph.has(pair.from)) graph.set(pair.from, new Map())
      if (!graph.get(pair.from).has(pair.to)) graph.get(pair.from).set(pair.to, `src/${file} imports src/${target}`)
    }
  }
  return [...graphs.values()].flatMap((graph) =>
    ringsOf(new Map([...graph].map(([from, to]) => [from, [...to.keys()]]))).map((ring) => {
      const proofs = ring.slice(1).map((to, i) => graph.get(ring[i]).get(to))
      return `Folders import each other in a ring: ${ring.map(inSrc).join(' → ')} (${proofs.join(', ')})`
    })
  )
}

/** The two folders of one folder of which the first imports the second; undefined if there are none. */
function folderPair(file, target) {
  const [a, b] = [file.split('/'), target.split('/')]
  let depth = 0
  while (depth < a.length && a[depth] === b[depth]) depth++
  if (depth >= a.length - 1 || depth >= b.length - 1) return undefined
  const upTo = (parts) => parts.slice(0, depth + 1).join('/')
  return { parent: a.slice(0, depth).join('/'), from: upTo(a), to: upTo(b) }
}

function inSrc(path) {
  return `src/${path}`
}
