// The imports of a source tree: which file names which, and which packages.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { sourceFiles } from './source-files.mjs'
import { sourceParts } from './source-parts.mjs'

const STATIC = /\b(?:import|export)\s+(type\s)?(?:[\w$*{},\s]+?\sfrom\s*)?(['"])/g
const DYNAMIC = /\bimport\s*\(\s*()(['"])/g
const CSS = /@import\s+(?:url\(\s*)?()(['"])/g

/**
 * Reads what a file imports or exports again.
 *
 * @param text the file's text
 * @param file its name, which says whether it is CSS
 * @returns for each import what it names, and how: `value` loads it at once, `dynamic` later, `type` never
 */
export function importsOf(text, file = '') {
  const isCss = file.endsWith('.css')
  const { code } = sourceParts(text, isCss ? 'css' : 'ts')
  const found = []
  const read = (pattern, kindOf) => {
    for (const match of code.matchAll(pattern)) {
      const start = match.index + match[0].length
      const end = code.indexOf(match[2], start)
      found.push({ specifier: text.slice(start, end), kind: kindOf(match), start })
    }
  }
  if (isCss) read(CSS, () => 'value')
  else {
    read(STATIC, ([, type]) => type === undefined ? 'value' : 'type')
    read(DYNAMIC, () => 'dynamic')
  }
  return found.sort((a, b) => a.start - b.start).map(({ specifier, kind }) => ({ specifier, kind }))
}

/**
 * Reads the imports of the files below `folder`.
 *
 * @returns for each file its imports of files below `folder` (`imports`) and of packages (`packages`), each with its
 *   kind; the imports of files elsewhere (`outside`), and of files that are not there (`missing`)
 */
export function importGraph(folder) {
  const files = sourceFiles(folder)
  const imports = new Map()
  const packages = new Map()
  const missing = []
  const outside = []
  for (const file of files) {
    imports.set(file, [])
    packages.set(file, [])
    for (const { specifier, kind } of importsOf(readFileSync(join(folder, file), 'utf8'), file)) {
      if (!specifier.startsWith('.')) {
        packages.get(file).push({ name: specifier, kind })
        continue
      }
      const path = resolve(folder, dirname(file), specifier.replace(/[?#].*$/, ''))
      const target = relative(folder, path)
      if (target.startsWith('..')) outside.push({ file, target })
      else if (!existsSync(path) || !statSync(path).isFile()) missing.push({ file, target })
      else imports.get(file).push({ target, kind })
    }
  }
  return { files, imports, packages, missing, outside }
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
