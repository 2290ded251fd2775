// The imports of TypeScript modules, as TypeScript's own parser reads them.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  isCallExpression,
  isExportDeclaration,
  isExternalModuleReference,
  isIdentifier,
  isImportDeclaration,
  isImportEqualsDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isMetaProperty,
  isModuleDeclaration,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { API } from 'typescript/unstable/sync'
import { createVirtualFileSystem } from 'typescript/unstable/fs'

/** What was read already, by language and text: several checks look at the same files. */
const known = new Map()

/**
 * Reads what modules import: `import` and `export … from`, `import()`, `import x = require()`, `require()`, types by
 * `import('…')`, `new URL('…', import.meta.url)`, `declare module '…'` and `/// <reference path="…" />`.
 *
 * @param modules the text of each, and whether it is JSX
 * @returns for each module its imports in their order: what it names (undefined if that is not written down as a text),
 *   and how: `value` loads it at once, `dynamic` later, `type` never
 */
export function moduleImports(modules) {
  const keyOf = ({ text, isJsx }) => `${isJsx ? 'x' : ' '}${text}`
  const unread = new Map(modules.map((module) => [keyOf(module), module]).filter(([key]) => !known.has(key)))
  if (unread.size > 0) {
    // TypeScript's parser is a process that is spoken to over pipes; only Node lets that be done without waiting.
    const read = 'Bun' in globalThis ? readInNode : readHere
    const found = read([...unread.values()])
    for (const [i, key] of [...unread.keys()].entries()) known.set(key, found[i])
  }
  return modules.map((module) => known.get(keyOf(module)))
}

function readInNode(modules) {
  const { status, stdout, stderr, error } = spawnSync('node', [fileURLToPath(import.meta.url)], {
    input: JSON.stringify(modules),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`Cannot read the imports: ${error?.message ?? stderr}`)
  // JSON leaves out what is undefined, as it was.
  return JSON.parse(stdout)
}

function readHere(modules) {
  const names = modules.map(({ isJsx }, i) => `${i}.${isJsx ? 'tsx' : 'ts'}`)
  // Nothing is looked up: the program has these files alone, and their imports stay names.
  const config = { compilerOptions: { noLib: true, noResolve: true, types: [] }, files: names }
  const files = Object.fromEntries(modules.map(({ text }, i) => [`/modules/${names[i]}`, text]))
  const project = '/modules/tsconfig.json'
  const api = new API({
    cwd: '/modules',
    fs: createVirtualFileSystem({ ...files, [project]: JSON.stringify(config) }),
  })
  try {
    const { program } = api.updateSnapshot({ openProjects: [project] }).getProject(project)
    return names.map((name) => importsOfTree(program.getSourceFile(`/modules/${name}`)))
  } finally {
    api.close()
  }
}

function importsOfTree(tree) {
  const found = tree.referencedFiles.map(({ fileName }) => ({ specifier: relativePath(fileName), kind: 'type' }))
  const visit = (node) => {
    const entry = importOf(node)
    if (entry !== undefined) found.push(entry)
    node.forEachChild(visit)
  }
  visit(tree)
  return found
}

/** What one node of the tree imports; undefined if it is no import. */
function importOf(node) {
  if (isImportDeclaration(node)) {
    const isType = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword
    return entryOf(node.moduleSpecifier, isType ? 'type' : 'value')
  }
  if (isExportDeclaration(node)) {
    return node.moduleSpecifier && entryOf(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'value')
  }
  if (isImportEqualsDeclaration(node)) {
    if (!isExternalModuleReference(node.moduleReference)) return undefined
    return entryOf(node.moduleReference.expression, node.isTypeOnly ? 'type' : 'value')
  }
  if (isImportTypeNode(node)) {
    return entryOf(isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, 'type')
  }
  if (isModuleDeclaration(node)) return isStringLiteral(node.name) ? entryOf(node.name, 'type') : undefined
  if (isCallExpression(node)) {
    if (isDynamicImport(node.expression)) return entryOf(node.arguments[0], 'dynamic')
    return isRequire(node.expression) ? entryOf(node.arguments[0], 'value') : undefined
  }
  return isNewExpression(node) ? urlFromModule(node) : undefined
}

/** `import()`, and its phases such as `import.defer()`. */
function isDynamicImport(callee) {
  return callee.kind === SyntaxKind.ImportKeyword ||
    (isMetaProperty(callee) && callee.keywordToken === SyntaxKind.ImportKeyword && callee.name.text !== 'meta')
}

/** `require()`, and what has it as a member, such as `import.meta.require()` and `module.require()`. */
function isRequire(callee) {
  return (isPropertyAccessExpression(callee) ? callee.name : callee).text === 'require'
}

/** A file that is named by where this one is: `new URL('./worker.ts', import.meta.url)`. */
function urlFromModule({ expression, arguments: [path, base] = [] }) {
  if (!isIdentifier(expression) || expression.text !== 'URL' || base === undefined) return undefined
  const isHere = isPropertyAccessExpression(base) && base.name.text === 'url' && isMetaProperty(base.expression)
  if (!isHere) return undefined
  const { specifier } = entryOf(path, 'dynamic')
  return { specifier: specifier === undefined ? undefined : relativePath(specifier), kind: 'dynamic' }
}

function entryOf(node, kind) {
  const isText = node !== undefined && (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node))
  return { specifier: isText ? node.text : undefined, kind }
}

/** A path that is always relative, with or without a dot, as a module would name it. */
function relativePath(path) {
  return /^[./]|^\w+:/.test(path) ? path : `./${path}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  process.stdout.write(JSON.stringify(moduleImports(JSON.parse(Buffer.concat(chunks).toString()))))
}
