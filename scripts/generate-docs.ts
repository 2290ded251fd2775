// Generates docs/config.md and docs/metrics.md from the code; with --check, only tells whether they are as they would be.
import { readFileSync, writeFileSync } from 'node:fs'
import { metricList } from '../src/admin/metrics-text.ts'
import { describeConfig, type KeyDescription } from '../src/config/describe-config.ts'
import { overrideOptions } from '../src/config/overrides.ts'

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
  '`rontgen` reads `./config.ts`, or the file that `--config` names. It exports `defineConfig` of an object, or of a function of `{ env, host }` that gives one, now or later. Every key is optional. `rontgen init` writes a config and a `rontgen.d.ts` beside it, so that editors check it with nothing installed.',
  '',
  "A size is a number of bytes or a text such as `'20MiB'`; a time is a text such as `'10s'` (`ms`, `s`, `m`, `h`, `d`).",
  '',
  '| key | type | default | what it does |',
  '| --- | --- | --- | --- |',
  ...rows(describeConfig()),
  '',
  '## On one host',
  '',
  'What operators change without touching the config: a flag, or a variable of the environment. A flag wins over its variable, and both over the config.',
  '',
  '| flag | variable | what it does |',
  '| --- | --- | --- |',
  ...overrideOptions.map(({ flag, env, value, summary }) =>
    `| \`--${flag}${value === '' ? '' : ` ${value}`}\` | \`${env}\` | ${summary} |`
  ),
  '',
  "`--config FILE` is `RONTGEN_CONFIG`. With a region or an endpoint that is set so, segments are sent to AWS X-Ray; AWS's own variables alone never make anything leave the machine.",
  '',
].join('\n')

const metrics = [
  '# Metrics',
  '',
  '<!-- Generated from src/admin/metrics-text.ts by "npm run generate". -->',
  '',
  '`GET /metrics` at the admin port (4319) gives them in the text format of Prometheus; `rontgen status --json` has the same numbers. Counters begin at 0 when the agent starts.',
  '',
  '| metric | kind | label | what it counts |',
  '| --- | --- | --- | --- |',
  ...metricList.map(({ name, kind, label, help }) =>
    `| \`${name}\` | ${kind} | ${label === '' ? '' : code(label)} | ${help} |`
  ),
  '',
].join('\n')

for (const [name, text] of Object.entries({ config, metrics })) {
  const file = new URL(`../docs/${name}.md`, import.meta.url)
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`docs/${name}.md is not what the code gives: run "npm run generate"\n`)
    process.exitCode = 1
  }
}
