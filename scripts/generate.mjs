// Generates the protocol code from proto/ and test/proto/; with --check, only checks that it is up to date.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install } from './set-up.mjs'

const root = join(import.meta.dirname, '..')
const outputs = { proto: 'src/otlp/gen', 'test/proto': 'test/gen' }
const isCheck = process.argv.includes('--check')

install()

for (const [input, output] of Object.entries(outputs)) {
  const generated = mkdtempSync(join(tmpdir(), 'rontgen-gen-'))
  const template = {
    version: 'v2',
    plugins: [{
      local: ['node', join(root, 'node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es')],
      out: generated,
      opt: ['target=ts', 'import_extension=ts'],
    }],
  }
  execFileSync('node', [
    join(root, 'node_modules/@bufbuild/buf/bin/buf'),
    'generate',
    join(root, input),
    '--template',
    JSON.stringify(template),
  ], {
    stdio: 'inherit',
    env: { ...process.env, BUF_CACHE_DIR: join(generated, '.cache') },
  })
  if (isCheck) {
    const files = readdirSync(generated, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    for (const file of files) {
      if (readFileSync(join(generated, file), 'utf8') !== readFileSync(join(root, output, file), 'utf8')) {
        console.error(`${output}/${file} does not match ${input}: run "npm run generate"`)
        process.exitCode = 1
      }
    }
  } else {
    rmSync(join(root, output), { recursive: true, force: true })
    cpSync(generated, join(root, output), { recursive: true, filter: (path) => !path.includes('.cache') })
  }
  rmSync(generated, { recursive: true })
}
