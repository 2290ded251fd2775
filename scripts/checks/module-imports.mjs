// The imports of TypeScript modules, as a parser reads them.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** What was read already, by language and text: several checks look at the same files. */
const known = new Map()

/**
 * Reads what a module imports: `import` and `export … from`, `import()`, `import x = require()`, `require()`, types by
 * `import('…')`, `new URL('…', import.meta.url)`, `declare module '…'` and `/// <reference path="…" />`.
 *
 * @param text the module @param isJsx whether it has JSX
 * @returns its imports in their order: what each names (undefined if that is not written down as a text), and how:
 *   `value` loads it at once, `dynamic` later, `type` never
 * @throws {Error} if it is no TypeScript
 */
export function moduleImports(text, isJsx = false) {
  const key = `${isJsx ? 'x' : ' '}${text}`
  let found = known.get(key)
  if (found === undefined) known.set(key, found = readImports(text, isJsx ? 'tsx' : 'ts'))
  return found
}

function readImports(text, lang) {
  // Its first use loads the parser: in a fresh clone the checks install it before.
  const { parseSync } = require('oxc-parser')
  const { program, comments, errors } = parseSync(`module.${lang}`, text, { lang })
  if (errors.length > 0) throw new Error(errors[0].message)
  const found = comments.flatMap(referenceOf)
  visit(program, found)
  return found
}

function referenceOf({ value }) {
  const path = /^\/\s*<reference\s+path\s*=\s*["']([^"']+)/.exec(value)?.[1]
  return path === undefined ? [] : [{ specifier: relativePath(path), kind: 'type' }]
}

function visit(node, found) {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, found)
  } else if (typeof node?.type === 'string') {
    const entry = importOf(node)
    if (entry !== undefined) found.push(entry)
    for (const child of Object.values(node)) if (typeof child === 'object') visit(child, found)
  }
}

/** What one node of the tree imports; undefined if it is no import. */
function importOf(node) {
  switch (node.type) {
    case 'ImportDeclaration':
      return entryOf(node.source, node.importKind === 'type' ? 'type' : 'value')
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source ? entryOf(node.source, node.exportKind === 'type' ? 'type' : 'value') : undefined
    case 'TSImportEqualsDeclaration':
      if (node.moduleReference.type !== 'TSExternalModuleReference') return undefined
      return entryOf(node.moduleReference.expression, node.importKind === 'type' ? 'type' : 'value')
    case 'TSImportType':
      return entryOf(node.source, 'type')
    case 'TSModuleDeclaration':
      return node.id.type === 'Literal' ? entryOf(node.id, 'type') : undefined
    case 'ImportExpression':
      return entryOf(node.source, 'dynamic')
    case 'CallExpression':
      return isRequire(node.callee) ? entryOf(node.arguments[0], 'value') : undefined
    case 'NewExpression':
      return urlFromModule(node)
    default:
      return undefined
  }
}

/** `require()`, and what has it as a member, such as `import.meta.require()` and `module.require()`. */
function isRequire(callee) {
  return (callee.type === 'MemberExpression' ? callee.property : callee).name === 'require'
}

/** A file that is named by where this one is: `new URL('./worker.ts', import.meta.url)`. */
function urlFromModule({ callee, arguments: [path, base] }) {
  if (callee.name !== 'URL' || base?.type !== 'MemberExpression') return undefined
  if (base.property.name !== 'url' || base.object.type !== 'MetaProperty') return undefined
  const { specifier } = entryOf(path, 'dynamic')
  return { specifier: specifier === undefined ? undefined : relativePath(specifier), kind: 'dynamic' }
}

function entryOf(node, kind) {
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) {
    return { specifier: node.quasis[0].value.cooked, kind }
  }
  return { specifier: node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined, kind }
}

/** A path that is always relative, with or without a dot, as a module would name it. */
function relativePath(path) {
  return /^[./]|^\w+:/.test(path) ? path : `./${path}`
}
