// The imports of a source tree: which file names which, and which packages.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { moduleImports } from './module-imports.mjs'
import { sourceFiles } from './source-files.mjs'
import { sourceParts } from './source-parts.mjs'

/** `@import` of CSS up to its name, which has quotes or, within `url()`, none. */
const CSS = /@import\s*(?:url\(\s*)?(['"]?)/gi

/** The name of a package, or of a module of the runtime, with a path within it. */
const PACKAGE = /^(?:(?:node|bun):)?(?:@[\w.-]+\/)?[\w.-]+(?:\/[\w.-]+)*$/

/**
 * Reads what a file imports or exports again.
 *
 * @param file its name, which says its language
 * @returns its imports: what each names (undefined if that is computed), and how: `value` loads it at once, `dynamic`
 *   later, `type` never
 * @throws {Error} if it is no TypeScript
 */
export function importsOf({ file, text }) {
  if (file.endsWith('.css')) return cssImports(text)
  try {
    return moduleImports(text, file.endsWith('x'))
  } catch (cause) {
    throw new Error(`Cannot read the imports of ${file}: ${cause.message}`, { cause })
  }
}

function cssImports(text) {
  const { code } = sourceParts(text, 'css')
  return [...code.matchAll(CSS)].map((match) => {
    const start = match.index + match[0].length
    const [name = ''] = text.slice(start).match(match[1] === '' ? /^[^\s);]*/ : new RegExp(`^[^${match[1]}]*`)) ?? []
    // A name without a dot is relative too.
    return { specifier: /^[./]|^\w+:/.test(name) ? name : `./${name}`, kind: 'value' }
  })
}

/**
 * Reads the imports of the files below `folder`.
 *
 * @returns for each file its imports of files below `folder` (`imports`) and of packages (`packages`), each with its
 *   kind; the imports of files elsewhere (`outside`), and of files that are not there (`missing`); those whose name is
 *   computed (`computed`); names that are neither relative nor those of packages (`odd`)
 */
export function importGraph(folder) {
  const files = sourceFiles(folder)
  const graph = { files, imports: new Map(), packages: new Map(), missing: [], outside: [], computed: [], odd: [] }
  for (const file of files) {
    graph.imports.set(file, [])
    graph.packages.set(file, [])
    const imports = importsOf({ file, text: readFileSync(join(folder, file), 'utf8') })
    for (const { specifier, kind } of imports) addImport(graph, folder, file, specifier, kind)
  }
  return graph
}

function addImport(graph, folder, file, specifier, kind) {
  if (specifier === undefined) graph.computed.push(file)
  else if (/^\.\.?(\/|$)/.test(specifier)) {
    const path = resolve(folder, dirname(file), specifier.replace(/[?#].*$/, ''))
    const target = relative(folder, path).replaceAll('\\', '/')
    if (target.startsWith('..') || isAbsolute(target)) graph.outside.push({ file, target })
    else if (!existsSync(path) || !statSync(path).isFile()) graph.missing.push({ file, target })
    else graph.imports.get(file).push({ target, kind })
  } else if (PACKAGE.test(specifier) && !/(^|\/)\.\.?(\/|$)/.test(specifier)) {
    graph.packages.get(file).push({ name: specifier, kind })
  } else graph.odd.push({ file, specifier })
}

/**
 * Finds rings in a graph.
 *
 * @param edges for each node the nodes that it leads to
 * @returns for each group of nodes that reach each other one shortest ring, which begins and ends with the same node
 */
export function ringsOf(edges) {
  return groupsOf(edges).filter((group) => group.length > 1).map((group) => ringWithin(new Set(group), edges))
}

/** Groups of nodes that reach each other (Tarjan's strongly connected components). */
function groupsOf(edges) {
  const index = new Map()
  const low = new Map()
  const stack = []
  const onStack = new Set()
  const groups = []
  const visit = (node) => {
    index.set(node, index.size)
    low.set(node, index.get(node))
    stack.push(node)
    onStack.add(node)
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next)
        low.set(node, Math.min(low.get(node), low.get(next)))
      } else if (onStack.has(next)) low.set(node, Math.min(low.get(node), index.get(next)))
    }
    if (low.get(node) !== index.get(node)) return
    const group = stack.splice(stack.indexOf(node))
    for (const member of group) onStack.delete(member)
    groups.push(group)
  }
  for (const node of edges.keys()) if (!index.has(node)) visit(node)
  return groups
}

/** The shortest way within a group from its first node back to it. */
function ringWithin(group, edges) {
  const [first] = group
  const ways = [[first]]
  const seen = new Set()
  for (const way of ways) {
    for (const next of edges.get(way.at(-1)) ?? []) {
      if (next === first) return [...way, first]
      if (!group.has(next) || seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return [...group, first]
}
