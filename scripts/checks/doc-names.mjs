// What docs name is there: paths, files and folders, and names of the code.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { docFiles, sourceFiles } from './source-files.mjs'
import { sourceParts } from './source-parts.mjs'

/** Docs that name parts of the code between backticks. */
const aboutCode = ['CONTRIBUTING.md', 'docs/architecture.md']

/** Names between backticks that are not of this code: those of others, of what is written, and ends of names. */
const externalNames = [
  'Options',
  'AbortSignal',
  'PutTraceSegments',
  'PutTelemetryRecords',
  'ResourceSpans',
  'ScopeSpans',
  'rontgen.d.ts',
]

/** A path of the repository: not part of a longer path, nor of a URL. */
const PATH = /(?<![\w./:~-])(?:src|scripts|test|docs|proto)\/[\w./*{},-]*[\w*}/]/g

/** Folders that are in no repository. */
const BUILT = /^(dist|node_modules)\//

/**
 * Checks that what docs name exists. In all docs: each path that begins with a folder of the repository, where
 * `NAME` and `*` stand for any name. In docs about the code also what stands between backticks: a
 * file or folder, which may be named from any folder on (`queue/spool.ts`); a function (`read()`); a type
 * (`SpanView`); a name of several words (`spanToSegment`). The head of a fenced block may name a file to be added.
 *
 * @param root the repository
 * @param options `docs`: the docs about the code; `external`: names that are not of this code
 * @returns what is wrong, one text for each
 */
export function docNames(root, { docs = aboutCode, external = externalNames } = {}) {
  const paths = allPaths(root)
  const names = namesOfCode(root)
  return docFiles(root).flatMap((doc) =>
    readFileSync(join(root, doc), 'utf8').split('\n').flatMap((line, i) => {
      // A block's head may name a file that a reader of the docs adds.
      if (line.startsWith('```')) return []
      const missing = pathsIn(line).filter((path) => !existsSync(join(root, path)) && !matchesAny(path, paths))
      if (docs.includes(doc)) {
        missing.push(...quotedIn(line).filter((quoted) => !isThere(quoted, { paths, names, external })))
      }
      return [...new Set(missing)].map((what) => `${doc}:${i + 1} names "${what}", which does not exist`)
    })
  )
}

/** The paths of all files and folders, folders with a slash at the end. */
function allPaths(root) {
  const files = sourceFiles(root, /./)
  const folders = files.flatMap((file) =>
    file.split('/').slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join('/') + '/')
  )
  return new Set([...files, ...folders])
}

/** Every name that the code of src and scripts declares or uses. */
function namesOfCode(root) {
  const names = new Set()
  for (const folder of ['src', 'scripts']) {
    for (const file of sourceFiles(join(root, folder), /\.(tsx?|mjs)$/)) {
      const { code } = sourceParts(readFileSync(join(root, folder, file), 'utf8'))
      for (const name of code.match(/[A-Za-z_$][\w$]*/g) ?? []) names.add(name)
    }
  }
  return names
}

function pathsIn(line) {
  return [...line.matchAll(PATH)].flatMap(([path]) => expand(path.replace(/[.,]+$/, '')))
}

/** `a/{b,c}` stands for `a/b` and `a/c`. */
function expand(path) {
  const match = /^([^{]*)\{([^}]*)\}(.*)$/.exec(path)
  return match === null
    ? [path.replace(/[{}].*$/, '')]
    : match[2].split(',').flatMap((part) => expand(match[1] + part + match[3]))
}

function quotedIn(line) {
  return [...line.matchAll(/`([^`]+)`/g)].map(([, text]) => text)
}

function isThere(quoted, { paths, names, external }) {
  if (BUILT.test(quoted) || external.includes(quoted)) return true
  if (/^[\w.-]+(\/[\w.-]+)*\/?$/.test(quoted) && isPath(quoted, paths)) return matchesAny(quoted, paths, true)
  const name = /^(?:\w+\.)*([A-Za-z]\w*)\(\)$/.exec(quoted)?.[1] ?? /^([A-Z][a-z]\w*|[a-z]+[A-Z]\w*)$/.exec(quoted)?.[1]
  return name === undefined || names.has(name)
}

/** True for the name of a file or folder: `a.ts`, `a/`, or `a/b` if there is a folder `a`; not for `text/plain`. */
function isPath(text, paths) {
  if (text.endsWith('/') || /\.(tsx?|mjs|css|md)$/.test(text)) return true
  return text.includes('/') && matchesAny(`${text.split('/')[0]}/`, paths, true)
}

/** True if a path, in which `NAME` and `*` stand for any name, is one of `paths`, or ends one if `isSuffix`. */
function matchesAny(path, paths, isSuffix = false) {
  const asFolder = path.endsWith('/') ? path : `${path}/`
  if (paths.has(path) || paths.has(asFolder)) return true
  const pattern = path.replace(/\/$/, '').split('/').map((part) =>
    part.replace(/[.+$]/g, '\\$&').replace(/^NAME(?=$|\\\.)/, '[^/]+').replaceAll('*', '[^/]*')
  ).join('/')
  const whole = new RegExp(`${isSuffix ? '(^|/)' : '^'}${pattern}/?$`)
  return [...paths].some((known) => whole.test(known))
}
