import type { TreeCopy } from './tree-copy.ts'

/** One block of a walk: a file to add, lines to append to one, or a change of one. */
interface WalkBlock {
  readonly kind: 'file' | 'append' | 'change'
  readonly path: string
  readonly text: string
}

/**
 * The blocks of the walks in CONTRIBUTING.md, by heading. What follows the language says what a block is:
 * ```ts FILE adds a file, ```ts append FILE appends to one, ```diff FILE changes one.
 */
export function readWalks(markdown: string): Map<string, WalkBlock[]> {
  const walks = new Map<string, WalkBlock[]>()
  for (const section of markdown.split(/^### /m).slice(1)) {
    const [heading = ''] = section.split('\n')
    const blocks = [...section.matchAll(/^```(ts|diff) (append )?(\S+)\n([^]*?)^```$/gm)].map((match): WalkBlock => {
      const [, language, append, path = '', text = ''] = match
      return { kind: language === 'diff' ? 'change' : append === undefined ? 'file' : 'append', path, text }
    })
    walks.set(heading, blocks)
  }
  return walks
}

/** Does to a copy of the tree what a block says. @throws {Error} if the lines that it changes are not there */
export function applyBlock(tree: TreeCopy, { kind, path, text }: WalkBlock): void {
  if (kind === 'file') return tree.write(path, text)
  if (kind === 'append') return tree.append(path, text)
  const side = (sign: string): string =>
    text.split('\n').filter((line) => line.startsWith(' ') || line.startsWith(sign)).map((line) => line.slice(1))
      .join('\n')
  tree.replace(path, side('-'), side('+'))
}
