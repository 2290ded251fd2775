// The imports of a source tree: which file names which, and in which folders they lie.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const SOURCE = /\.(tsx?|css)$/
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g

/** Every source file below `folder`, relative to it; generated code is left out. */
export function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => SOURCE.test(file) && !file.includes('/gen/')).sort()
}

/**
 * Reads the imports of the files below `folder`.
 *
 * @returns for each file the files below `folder` that it imports, and those that it names though they are not there
 */
export function importGraph(folder) {
  const files = sourceFiles(folder)
  const imports = new Map()
  const missing = []
  for (const file of files) {
    const targets = []
    for (const [, specifier] of readFileSync(join(folder, file), 'utf8').matchAll(IMPORT)) {
      const path = resolve(folder, dirname(file), specifier)
      const target = relative(folder, path)
      if (!existsSync(path) || !statSync(path).isFile()) missing.push({ file, target })
      else if (!target.startsWith('..')) targets.push(target)
    }
    imports.set(file, targets)
  }
  return { files, imports, missing }
}

/** The rings of a graph: each is a list of nodes that reach each other (Tarjan's strongly connected components). */
export function ringsOf(imports) {
  const index = new Map()
  const low = new Map()
  const stack = []
  const onStack = new Set()
  const rings = []
  const visit = (node) => {
    index.set(node, index.size)
    low.set(node, index.get(node))
    stack.push(node)
    onStack.add(node)
    for (const next of imports.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next)
        low.set(node, Math.min(low.get(node), low.get(next)))
      } else if (onStack.has(next)) low.set(node, Math.min(low.get(node), index.get(next)))
    }
    if (low.get(node) !== index.get(node)) return
    const ring = []
    let member
    do {
      member = stack.pop()
      onStack.delete(member)
      ring.push(member)
    } while (member !== node)
    if (ring.length > 1) rings.push(ring.reverse())
  }
  for (const node of imports.keys()) if (!index.has(node)) visit(node)
  return rings
}
