// Compiles dist/rontgen. `--target bun-linux-arm64 --outfile FILE` compiles for another machine.
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from './set-up.mjs'
import { bun, root } from './tools.mjs'

setUp()
const { values } = parseArgs({ options: { target: { type: 'string' }, outfile: { type: 'string' } } })
const outfile = values.outfile ?? join(root, 'dist/rontgen')
mkdirSync(dirname(outfile), { recursive: true })
execFileSync('node', [join(root, 'scripts/build-page.mjs')], { stdio: 'inherit' })
execFileSync(bun(), [
  'build',
  '--compile',
  '--minify',
  '--bytecode',
  '--format=esm',
  '--sourcemap=none',
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
  ...(values.target === undefined ? [] : [`--target=${values.target}`]),
  `--outfile=${outfile}`,
  'src/main.ts',
], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
