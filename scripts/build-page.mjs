// Builds the web page into one file, dist/page.txt: styles, icons and script are inside of it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importGraph } from './checks/import-graph.mjs'
import { bun, root } from './tools.mjs'

/**
 * Reads the style sheets of the page in the order in which its components import them.
 *
 * @param folder of the page's source
 * @returns the path below the folder and the text of each
 * @throws {Error} if a sheet is imported that is not there, or one is there that nothing imports
 */
export function readStyles(folder = join(root, 'src/ui')) {
  const { files, imports, missing } = importGraph(folder)
  const absent = missing.filter(({ target }) => target.endsWith('.css'))
  if (absent.length > 0) {
    throw new Error(absent.map(({ file, target }) => `${file} imports ${target}, which does not exist`).join('\n'))
  }
  const seen = new Set()
  const visit = (file) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const { target } of imports.get(file) ?? []) visit(target)
  }
  visit('page.tsx')
  const unused = files.filter((file) => file.endsWith('.css') && !seen.has(file))
  if (unused.length > 0) throw new Error(`No component imports ${unused.join(', ')}`)
  return [...seen].filter((file) => file.endsWith('.css'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
}

function buildPage() {
  const ui = join(root, 'src/ui')
  const read = (name) => readFileSync(join(ui, name), 'utf8')
  // The script imports the sheets for this build alone: as texts that nothing uses, Bun leaves them out.
  const flags = ['--minify', '--target=browser', '--format=esm', '--loader', '.css:text']
  const script = execFileSync(bun(), ['build', ...flags, join(ui, 'page.tsx')], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const page = read('page.html')
    .replace('/*STYLES*/', () => readStyles(ui).map(({ text }) => compact(text)).join(''))
    .replace('<!--ICONS-->', () => read('icons.svg'))
    .replace('/*SCRIPT*/', () => script.replaceAll('</script', '<\\/script'))
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(join(root, 'dist/page.txt'), page)
}

/** A style sheet without comments and indentation, which would be a hundredth of the page's weight. */
function compact(text) {
  return text.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/\n\s*/g, '\n')
}

if (process.argv[1]?.endsWith('build-page.mjs')) buildPage()
