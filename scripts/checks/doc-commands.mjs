// The npm scripts that docs mention exist.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { docFiles } from './source-files.mjs'

/** A call of a script, by `npm run` or by npm's own name for it. */
const COMMAND = /\bnpm (?:run(?:-script)?\s+([\w:-]+)|(start|test)\b)/g

/**
 * Checks that each `npm run NAME`, `npm start` and `npm test` of the docs is a script of package.json.
 *
 * @param root the repository
 * @returns what is wrong, one text for each
 */
export function docCommands(root) {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return docFiles(root).flatMap((doc) =>
    readFileSync(join(root, doc), 'utf8').split('\n').flatMap((line, i) =>
      [...line.matchAll(COMMAND)].map((match) => match[1] ?? match[2]).filter((name) => !(name in scripts))
        .map((name) => `${doc}:${i + 1} names "npm run ${name}", which package.json does not have`)
    )
  )
}
