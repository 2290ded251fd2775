import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../../scripts/tools.mjs'
import { checkConfig } from './check-config.ts'
import * as rontgen from './define.ts'
import { editorTypes } from './editor-types.ts'

// Inside the tree, so that the program's own types find their packages.
mkdirSync(join(root, 'dist'), { recursive: true })
const folder = mkdtempSync(join(root, 'dist/editor-types-'))
after(() => rmSync(folder, { recursive: true }))

/** Configs that are valid. */
const good = [
  '{}',
  "{ export: { xray: { region: 'us-west-2', whenFull: 'drop-oldest' }, local: true, console: false } }",
  "{ export: { xray: true, audit: xray({ region: 'us-west-2' }), 'a-b': xray(), off: false } }",
  '{ export: { local: local({ keepSpans: false }), console: { documents: true } } }',
  "{ export: { xray: xray({ region: 'us-west-2' }), history: local(), local: false } }",
  "{ export: { audit: { type: 'xray', region: 'us-west-2' } } }",
  '{ export: { ...{ audit: xray() }, local: 1 > 0 } }',
  "{ export: { ...(String(1) === '2' ? { audit: xray({ region: 'us-west-2' }) } : {}), local: true } }",
  '{ receive: { otlp: false, xray: { udp: false } } }',
  "({ env }) => ({ export: { xray: env.REGION ? { region: env.REGION } : false, audit: xray() }, logLevel: 'info' })",
  "async ({ host }) => ({ queue: { dir: '/x/' + host.name }, export: { console: true, audit: xray() } })",
  "{ receive: { otlp: { additional: [{ grpc: { port: 4327 }, http: false }, { http: { host: '::1' } }] } }, admin: false }",
]

/** Configs that are not, each by one value. */
const bad = [
  "{ export: { xrya: { region: 'us-west-2' } } }",
  "{ export: { audit: { region: 'us-west-2' } } }",
  '{ export: { audit: true } }',
  '{ export: { local: xray() } }',
  "{ export: { local: xray({ region: 'us-west-2' }) } }",
  "{ export: { xray: { regoin: 'us-west-2' } } }",
  "{ export: { audit: xray({ regoin: 'us-west-2' }) } }",
  "{ export: { audit: { type: 'xrayy' } } }",
  '{ receive: { otlp: { additional: [{ grcp: { port: 4327 } }] } } }',
  '{ receive: { otlp: { additional: [{ grpc: { prot: 4327 } }] } } }',
  '{ receive: { otlp: { additional: [{ grpc: true }] } } }',
  "{ queue: { sync: 'full', maxbytes: 1 } }",
  '{ tranlsate: {} }',
  "() => ({ export: { xrya: { region: 'us-west-2' } } })",
]

/** Type errors by file, `good-0` and so on. @param args for tsc @param header what comes before each config */
function typeErrors(name: string, args: readonly string[], header: string): Map<string, string> {
  const dir = join(folder, name)
  mkdirSync(dir)
  writeFileSync(join(dir, 'rontgen.d.ts'), editorTypes())
  const files = Object.entries({ good, bad }).flatMap(([kind, configs]) =>
    configs.map((config, i) => {
      writeFileSync(join(dir, `${kind}-${i}.ts`), `${header}\nexport default defineConfig(${config})\n`)
      return `${kind}-${i}.ts`
    })
  )
  const computed = "export const config: Config = { export: { local: true, audit: xray({ region: 'us-west-2' }) } }"
  writeFileSync(join(dir, 'good-computed.ts'), `${header}\n${computed}\nexport default defineConfig(config)\n`)
  const { stdout } = spawnSync('node', [
    join(root, 'node_modules/typescript/bin/tsc'),
    '--noEmit',
    '--ignoreConfig',
    '--pretty',
    'false',
    '--strict',
    '--target',
    'esnext',
    '--moduleResolution',
    'bundler',
    '--module',
    'esnext',
    ...args,
    ...files,
    'good-computed.ts',
  ], { cwd: dir, encoding: 'utf8' })
  return new Map([...stdout.matchAll(/^(?:.*\/)?([\w-]+)(?:\.d)?\.ts\(.*$/gm)].map(([line, file = '']) => [file, line]))
}

for (
  const [what, args, header] of [
    [
      'the types that init writes',
      ['--types', '', 'rontgen.d.ts'],
      "import { type Config, defineConfig, local, xray } from 'rontgen'",
    ],
    [
      'the types of define.ts',
      ['--types', 'bun', '--skipLibCheck', '--allowImportingTsExtensions', '--exactOptionalPropertyTypes'],
      `import { type Config, defineConfig, local, xray } from '${join(root, 'src/config/define.ts')}'`,
    ],
  ] as const
) {
  test(`${what} take and refuse the same configs as the schema`, async () => {
    const errors = typeErrors(what.replaceAll(' ', '-'), args, header)
    const unexpected = [...errors].filter(([file]) => !file.startsWith('bad-')).map(([, line]) => line)
    assert.deepEqual(unexpected, [])
    assert.deepEqual(bad.filter((_, i) => !errors.has(`bad-${i}`)), [], 'these are accepted')
  })
}

test('the configs by which the types are tested are valid, and not, by the schema too', async () => {
  for (const [configs, isValid] of [[good, true], [bad, false]] as const) {
    for (const config of configs) {
      const evaluate = new Function('xray', 'local', `return ${config}`)
      const exported: unknown = evaluate(rontgen.xray, rontgen.local)
      const context = { env: { REGION: 'us-west-2' }, host: { name: 'here' } }
      const value: unknown = typeof exported === 'function' ? await exported(context) : exported
      assert.equal('settings' in checkConfig(value, { file: '', text: '' }), isValid, config)
    }
  }
})

test('the types that init writes say what each key means', () => {
  assert.match(editorTypes(), /\/\*\* Port to listen on\. Default: 4317 \*\/\n +port\?: number/)
})
