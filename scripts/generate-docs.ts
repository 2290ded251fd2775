// Generates docs/config.md from the config's schema; with --check, only tells whether it is as it would be.
import { readFileSync, writeFileSync } from 'node:fs'
import { describeConfig, type KeyDescription } from '../src/config/describe-config.ts'
import { overrideOptions } from '../src/config/overrides.ts'

const file = new URL('../docs/config.md', import.meta.url)

function rows(keys: readonly KeyDescription[]): string[] {
  return keys.flatMap(({ path, type, default: value, description, children }) => {
    if (children.length > 0) return [`| \`${path}\` | | | ${description} |`, ...rows(children)]
    return [`| \`${path}\` | ${code(type)} | ${value === undefined ? '' : code(value)} | ${description} |`]
  })
}

function code(text: string): string {
  return '`' + text.replaceAll('|', '\\|') + '`'
}

const text = [
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

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write('docs/config.md is not what the schema gives: run "npm run generate"\n')
    process.exitCode = 1
  }
} else writeFileSync(file, text)
