// npm run release: compiles for every platform into dist/release/vVERSION, with SHA256SUMS and the licences of what is
// compiled in. `--base-url URL` is where the folder will be served; `--only linux-x64` compiles for one platform.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { install } from './set-up.mjs'
import { root } from './tools.mjs'

const platforms = [
  'linux-x64',
  'linux-arm64',
  'linux-x64-musl',
  'linux-arm64-musl',
  'darwin-x64',
  'darwin-arm64',
  'windows-x64',
]
const { values } = parseArgs({ options: { 'base-url': { type: 'string' }, only: { type: 'string' } } })
install()
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const releases = join(root, 'dist/release')
const folder = join(releases, `v${version}`)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const sums = []
for (const platform of platforms.filter((name) => values.only === undefined || name === values.only)) {
  const exe = platform.startsWith('windows') ? '.exe' : ''
  const file = join(folder, `rontgen-${platform}${exe}`)
  execFileSync('node', [join(root, 'scripts/build.mjs'), '--target', `bun-${platform}`, '--outfile', file], {
    stdio: 'inherit',
  })
  const compressed = gzipSync(readFileSync(file), { level: 9 })
  rmSync(file)
  writeFileSync(`${file}.gz`, compressed)
  sums.push(`${createHash('sha256').update(compressed).digest('hex')}  rontgen-${platform}${exe}.gz`)
  console.log(`rontgen-${platform}${exe}.gz  ${(compressed.length / 1e6).toFixed(1)} MB`)
}
writeFileSync(join(folder, 'SHA256SUMS'), sums.join('\n') + '\n')
writeFileSync(join(folder, 'LICENSES.txt'), licences())
writeFileSync(join(releases, 'latest'), version + '\n')
const script = readFileSync(join(root, 'scripts/install.sh'), 'utf8')
writeFileSync(
  join(releases, 'install.sh'),
  values['base-url'] === undefined ? script : script.replace('@BASE_URL@', values['base-url']),
)

/** Name, version, licence and its text, of each package that the executable has in it, and of the runtime. */
function licences() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const list = execFileSync(npm, ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root, encoding: 'utf8' })
  const folders = [...new Set(list.trim().split('\n').slice(1)), join(root, 'node_modules/bun')]
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8')
  return [`rontgen ${version}, Apache-2.0\n\n${licence}`, ...folders.map(licenceOf)].join(`\n${'='.repeat(80)}\n\n`)
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = existsSync(folder) ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry)) : undefined
  const text = file === undefined ? '(its package has no licence file)' : readFileSync(join(folder, file), 'utf8')
  const note = name === 'bun' ? '\nThe runtime: Bun is MIT; it links JavaScriptCore, which is LGPL-2.0.\n' : ''
  return `${name} ${version}, ${license ?? 'no licence named'}\n${note}\n${text}`
}
