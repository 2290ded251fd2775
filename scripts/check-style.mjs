// The rules of style that can be checked: file length and names, purity, wording of errors, one version.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tools.mjs'

const MOST_LINES = 400
/** Pure folders: no clock, no chance, no input or output. */
const pure = {
  folders: ['translate', 'otlp', 'segment'],
  words: /Date\.now|Math\.random|performance\.now|node:(fs|net|http)|fetch\(/,
}

/** Files that hold several small things of one kind. */
const grabBags = new Set([
  'translate/stack/exception.ts',
  'local/api/serializers.ts',
  'local/api/input.ts',
  'trace/filter/expression.ts',
  'trace/json.ts',
  'ui/api.ts',
  'ui/kit/format.ts',
  'ui/kit/response-time-histogram.ts',
  'ui/kit/service-type.ts',
  'ui/trace/waterfall-rows.ts',
  'trace/response-time-axis.ts',
  'trace/trace-id.ts',
  'main.ts',
  'demo/open-tracing.ts',
  'cli/completions.ts',
  'cli/man.ts',
  'cli/service-commands.ts',
  'compat/compat-config.ts',
  'compat/cloudwatch-config.ts',
  'compat/collector-config.ts',
  'compat/daemon-config.ts',
  'compat/read-compat.ts',
  'component/values.ts',
  'config/define.ts',
  'config/schema.ts',
  'segment/limits.ts',
  'otlp/known-keys.ts',
])

const flaws = []
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('/gen/'))
const partOf = (file) => file.split('/')[0]

for (const file of files) {
  const text = readFileSync(join(root, 'src', file), 'utf8')
  const isTest = file.endsWith('.test.ts')
  const lines = text.split('\n').length - 1
  if (lines > MOST_LINES) flaws.push(`src/${file} has ${lines} lines; ${MOST_LINES} are the most`)
  if (!/^[a-z0-9-]+(\.test)?\.tsx?$/.test(file.split('/').pop())) flaws.push(`src/${file} is not named in kebab-case`)
  if (isTest) continue
  if (pure.folders.includes(partOf(file)) && pure.words.test(text)) {
    flaws.push(`src/${file} is to be pure: ${pure.words.exec(text)[0]}`)
  }
  for (const [, message] of text.matchAll(/new \w*Error\(\s*['"`]([^'"`]*)['"`]/g)) {
    if (/\.$/.test(message) || /^[a-z]/.test(message) && file.startsWith('cli')) {
      flaws.push(`src/${file}: "${message}" is not worded as errors are`)
    }
  }
  const name = file.split('/').pop().replace(/\.tsx?$/, '').replace(/-(\w)/g, (_, letter) => letter.toUpperCase())
  const isNamed = new RegExp(`export .*\\b${name}\\b`, 'i').test(text)
  if (!isNamed && !grabBags.has(file)) flaws.push(`src/${file} does not export what it is named after ("${name}")`)
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
if (!readFileSync(join(root, 'src/version.ts'), 'utf8').includes(`'${version}'`)) {
  flaws.push(`src/version.ts is not ${version}, as package.json has it`)
}
if (!readFileSync(join(root, 'CHANGELOG.md'), 'utf8').includes(version)) {
  flaws.push(`CHANGELOG.md does not know ${version}`)
}

for (const flaw of flaws) console.error(flaw)
process.exitCode = flaws.length === 0 ? 0 : 1
