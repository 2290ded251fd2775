// Links and pictures of docs lead somewhere.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { docFiles } from './source-files.mjs'

/** A link or a picture of Markdown, and the same in HTML. */
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|<(?:a|img|source)\b[^>]*\b(?:href|src|srcset)="([^"\s]+)/g

/**
 * Checks that each relative link of a doc, and each picture, is a file or folder of the repository, and that each part
 * of a page that a link names is a heading of it.
 *
 * @param root the repository
 * @returns what is wrong, one text for each
 */
export function docLinks(root) {
  return docFiles(root).flatMap((doc) =>
    linesOf(readFileSync(join(root, doc), 'utf8')).flatMap((line, i) =>
      [...line.matchAll(LINK)].map((match) => match[1] ?? match[2])
        .filter((target) => !/^[a-z][a-z\d+.-]*:|^\/\//i.test(target))
        .flatMap((target) => linkIssue(root, doc, decodeURI(target)) ?? []).map((issue) => `${doc}:${i + 1} ${issue}`)
    )
  )
}

function linkIssue(root, doc, target) {
  const [path, anchor] = target.split('#')
  const file = path === '' ? doc : normalize(path.startsWith('/') ? path.slice(1) : join(dirname(doc), path))
  if (file.startsWith('..')) return `links to "${target}", which is outside of the repository`
  if (!existsSync(join(root, file))) return `links to "${target}", which does not exist`
  if (anchor === undefined || !file.endsWith('.md')) return undefined
  if (anchorsOf(readFileSync(join(root, file), 'utf8')).has(anchor)) return undefined
  return `links to "${target}", and ${file} has no such heading`
}

/** The lines of a text; those of code blocks are empty, as they hold neither links nor headings. */
function linesOf(text) {
  let isCode = false
  return text.split('\n').map((line) => {
    if (!/^\s*```/.test(line)) return isCode ? '' : line.replace(/`[^`]*`/g, (code) => code.replace(/[[\]()<>]/g, ' '))
    isCode = !isCode
    return ''
  })
}

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(text) {
  const anchors = new Set()
  for (const line of linesOf(text)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1]
    if (heading !== undefined) {
      const slug = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-')
      let name = slug
      for (let i = 1; anchors.has(name); i++) name = `${slug}-${i}`
      anchors.add(name)
    }
    for (const match of line.matchAll(/<a\b[^>]*\b(?:id|name)="([^"]+)"/g)) anchors.add(match[1])
  }
  return anchors
}
