// Builds the web page into one file, dist/page.txt: styles, icons and script are inside of it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bun, root } from './tools.mjs'

const ui = join(root, 'src/ui')
const read = (name) => readFileSync(join(ui, name), 'utf8')
const script = execFileSync(bun(), ['build', '--minify', '--target=browser', '--format=esm', join(ui, 'page.tsx')], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 26,
  env: { ...process.env, NODE_ENV: 'production' },
})
const page = read('page.html')
  .replace('/*STYLES*/', () => read('styles.css'))
  .replace('<!--ICONS-->', () => read('icons.svg'))
  .replace('/*SCRIPT*/', () => script.replaceAll('</script', '<\\/script'))
mkdirSync(join(root, 'dist'), { recursive: true })
writeFileSync(join(root, 'dist/page.txt'), page)
