// Generates docs/config.md, docs/metrics.md and docs/predecessors.md from the code. With --check, only reports those that
// are out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { metricList } from '../src/admin/metrics-text.ts'
import { cloudwatchKeys } from '../src/compat/cloudwatch-config.ts'
import type { CompatKey } from '../src/compat/compat-config.ts'
import { daemonKeys } from '../src/compat/daemon-config.ts'
import { daemonFlags } from '../src/compat/daemon-flags.ts'
import { describeConfig, type KeyDescription } from '../src/config/describe-config.ts'
import { overrideOptions } from '../src/config/overrides.ts'
import { addressOfInstance, receiverInstances } from '../src/config/receiver-instances.ts'
import { configSchema } from '../src/config/schema.ts'
import { exporterList } from '../src/export/exporter-list.ts'
import * as v from 'valibot'

function rows(keys: readonly KeyDescription[]): string[] {
  return keys.flatMap(({ path, type, default: value, description, children }) => {
    if (children.length > 0) return [`| \`${path}\` | | | ${description} |`, ...rows(children)]
    return [`| \`${path}\` | ${code(type)} | ${value === undefined ? '' : code(value)} | ${description} |`]
  })
}

function code(text: string): string {
  return '`' + text.replaceAll('|', '\\|') + '`'
}

const config = [
  '# Config',
  '',
  '<!-- Generated from src/config/schema.ts by "npm run generate". -->',
  '',
  '`rontgen` reads `./config.ts`, or the file that `--config` names. The file exports `defineConfig` of an object, or of a function of `{ env, host }` that returns one or a promise of one. Every key is optional. `rontgen init` writes a config, and a `rontgen.d.ts` next to it, with which editors check it with nothing installed.',
  '',
  "A size is a number of bytes or a string such as `'20MiB'`; a duration is a string such as `'10s'` (`ms`, `s`, `m`, `h`, `d`).",
  '',
  '| key | type | default | description |',
  '| --- | --- | --- | --- |',
  ...rows(describeConfig()),
  '',
  '## On one host',
  '',
  'Flags and environment variables override the config on one host. A flag wins over its variable.',
  '',
  '| flag | variable | description |',
  '| --- | --- | --- |',
  ...overrideOptions.map(({ flag, env, value, summary }) =>
    `| \`--${flag}${value === '' ? '' : ` ${value}`}\` | \`${env}\` | ${summary} |`
  ),
  '',
  "`--config FILE` is `RONTGEN_CONFIG`. A region or an endpoint that is set this way turns on the export to AWS X-Ray; AWS's own variables alone never make anything leave the machine.",
  '',
].join('\n')

const metrics = [
  '# Metrics',
  '',
  '<!-- Generated from src/admin/metrics-text.ts by "npm run generate". -->',
  '',
  '`GET /metrics` at the admin port (4319) returns them in the text format of Prometheus; `rontgen status --json` has the same numbers. Counters start at 0 when the agent starts.',
  '',
  '| metric | kind | labels | description |',
  '| --- | --- | --- | --- |',
  ...metricList.map(({ name, kind, labels, help }) =>
    `| \`${name}\` | ${kind} | ${labels.map(code).join(', ')} | ${help} |`
  ),
  '',
].join('\n')

const keyTable = (keys: readonly CompatKey[]): string[] => [
  '| key | key of config.ts | note |',
  '| --- | --- | --- |',
  ...keys.map(({ key, to, note }) => `| \`${key}\` | ${to === undefined ? 'none' : `\`${to}\``} | ${note ?? ''} |`),
]
const predecessors = [
  '# Flags and keys of the predecessors',
  '',
  '<!-- Generated from src/compat by "npm run generate". -->',
  '',
  'The counterpart of each flag and key of the X-Ray daemon and of the CloudWatch agent. The agent logs keys without a counterpart once, when it starts. [migration.md](migration.md) says how to migrate.',
  '',
  '## Flags of the X-Ray daemon',
  '',
  'Spelled as in Go: `-n us-west-2`, `--region=us-west-2`, `-o=false`. `-c FILE`, `-v` and `-h` work too.',
  '',
  '| flag | key of cfg.yaml | description |',
  '| --- | --- | --- |',
  ...daemonFlags.map(({ short, long, key, value, summary }) =>
    `| \`-${short}\`, \`--${long}${value === '' ? '' : ` ${value}`}\` | \`${key}\` | ${summary} |`
  ),
  '',
  "## Keys of the X-Ray daemon's cfg.yaml",
  '',
  ...keyTable(daemonKeys),
  '',
  "## Keys of the CloudWatch agent's config",
  '',
  ...keyTable(cloudwatchKeys),
  '',
].join('\n')

/** Tables inside of pages that people write, between `<!-- generated: NAME -->` and `<!-- end -->`. */
const tables: Readonly<Record<string, readonly string[]>> = {
  receivers: [
    '| port | receiver | what it receives |',
    '| --- | --- | --- |',
    ...receiverInstances(v.parse(configSchema, {})).map((instance) => {
      const { name, transport, description } = instance.receiver
      const address = addressOfInstance(instance)
      return `| ${
        address === undefined ? '' : `${address.port} ${transport.toUpperCase()}`
      } | \`${name}\` | ${description} |`
    }),
  ],
  exporters: [
    '| exporter | what it is | |',
    '| --- | --- | --- |',
    ...exporterList.map(({ name, description, leavesMachine }) =>
      `| \`${name}\` | ${description} | ${leavesMachine ? 'data leaves the machine' : 'nothing leaves the machine'} |`
    ),
  ],
}

function withTables(text: string): string {
  return text.replace(
    /(<!-- generated: (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, head: string, name: string, end: string) => {
      const table = tables[name]
      if (table === undefined) throw new Error(`There is no table "${name}"`)
      return `${head}\n${table.join('\n')}\n\n${end}`
    },
  )
}

const docs = (name: string): string => readFileSync(new URL(`../docs/${name}.md`, import.meta.url), 'utf8')
const pages = { config, metrics, predecessors, operations: withTables(docs('operations')) }

for (const [name, text] of Object.entries(pages)) {
  const file = new URL(`../docs/${name}.md`, import.meta.url)
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`docs/${name}.md is out of date: run "npm run generate"\n`)
    process.exitCode = 1
  }
}
