// A file is named after its one main export, in kebab-case.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isTest, sourceFiles } from './source-files.mjs'
import { sourceParts } from './source-parts.mjs'

/** Files that hold several small things of one kind. */
const severalExports = [
  'component/sampling.ts',
  'config/switch-schema.ts',
  'export/console/console.ts',
  'export/exporters.ts',
  'platform/user-dirs.ts',
  'receive/receivers.ts',
  'queue/dead-letter-policy.ts',
  'local/api/request.ts',
  'local/api/serializers.ts',
  'trace/api/graph-answers.ts',
  'trace/api/page-answers.ts',
  'trace/api/trace-answers.ts',
  'trace/trace-id.ts',
  'ui/api.ts',
  'trace/response-time-axis.ts',
  'ui/kit/format.ts',
  'ui/kit/response-time-histogram.ts',
  'ui/kit/service-type.ts',
  'ui/trace/waterfall-rows.ts',
  'main.ts',
  'demo/open-tracing.ts',
  'compat/cloudwatch-config.ts',
  'compat/collector-config.ts',
  'compat/daemon-config.ts',
  'compat/read-compat.ts',
  'component/values.ts',
  'config/define.ts',
  'config/schema.ts',
  'otlp/limits.ts',
  'segment/limits.ts',
  'translate/known-keys.ts',
  'translate/trace-id.ts',
]

/**
 * Checks the names of files and folders: kebab-case, and a module exports something of its name. A component's file
 * `key-table.tsx` exports `KeyTable`, a function's file `read-span.ts` exports `readSpan`.
 *
 * @param folder the source tree
 * @param options `exceptions`: files that hold several small things of one kind
 * @returns what is wrong, one text for each
 */
export function fileNames(folder, { exceptions = severalExports } = {}) {
  const issues = []
  const unnamed = new Set()
  for (const file of sourceFiles(folder)) {
    if (!/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.(tsx?|css)$/.test(file)) {
      issues.push(`src/${file} is not named in kebab-case`)
    }
    if (isTest(file) || file.endsWith('.css')) continue
    const name = exportNameOf(file)
    const { code } = sourceParts(readFileSync(join(folder, file), 'utf8'))
    if (new RegExp(`\\bexport .*\\b${name}\\b`, 'i').test(code)) continue
    unnamed.add(file)
    if (!exceptions.includes(file)) issues.push(`src/${file} does not export what it is named after ("${name}")`)
  }
  for (const file of exceptions) {
    if (!unnamed.has(file)) issues.push(`src/${file} is no exception; remove it from scripts/checks/file-names.mjs`)
  }
  return issues
}

function exportNameOf(file) {
  return file.split('/').pop().replace(/\.tsx?$/, '').replace(/-(\w)/g, (_, first) => first.toUpperCase())
}
