// The table of dependencies in the docs is that of package.json.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Checks that the docs say of each dependency why it is there, and of none that is gone.
 *
 * @param root the repository
 * @param options `doc`: the page that has the table, below a heading "Dependencies". Its first column has the names,
 *   with commas or semicolons between them; after `@scope/a`, `b` stands for `@scope/b`
 * @returns what is wrong, one text for each
 */
export function dependencyTable(root, { doc = 'docs/architecture.md' } = {}) {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const rows = tableBelow(readFileSync(join(root, doc), 'utf8'), 'Dependencies')
  if (rows.length === 0) return [`${doc} has no table below "Dependencies"`]
  const named = new Set(rows.flatMap((row) => namesIn(row, dependencies)))
  return [
    ...Object.keys(dependencies).filter((name) => !named.has(name)).map((name) =>
      `${doc} does not say why "${name}" is a dependency`
    ),
    ...[...named].filter((name) => !(name in dependencies)).map((name) =>
      `${doc} names the dependency "${name}", which package.json does not have`
    ),
  ]
}

/** The first cells of the table below a heading, without its head. */
function tableBelow(text, heading) {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  return section.split('\n').filter((line) => line.startsWith('|')).slice(2).map((line) => line.split('|')[1] ?? '')
}

function namesIn(cell, dependencies) {
  let scope = ''
  return cell.replaceAll('`', '').split(/[,;]/).map((name) => name.trim()).filter((name) => name !== '').map((name) => {
    if (name.startsWith('@')) scope = name.split('/')[0]
    return name in dependencies || name.startsWith('@') || scope === '' ? name : `${scope}/${name}`
  })
}
