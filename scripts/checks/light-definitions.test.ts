import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTree } from './in-tree.ts'
import { lightDefinitions } from './light-definitions.mjs'

const options = { entries: ['config/**', 'receive/receivers.ts'], packages: ['node:http2', 'hono', '@aws-sdk/*'] }

/** A tree whose entries are light, with the files that are given in place of its own. */
function issuesOf(files: Readonly<Record<string, string>>): string[] {
  return inTree({
    'config/schema.ts': "import { receivers } from '../receive/receivers.ts'",
    'receive/receivers.ts': "import { udp } from './udp.ts'",
    'receive/udp.ts': "import * as v from 'valibot'\nstart = () => import('./serve.ts')",
    'receive/serve.ts': "import { createServer } from 'node:http2'",
    ...files,
  }, (folder) => lightDefinitions(folder, options))
}

test('lightDefinitions() lets a definition load what serves when it starts', () => {
  assert.deepEqual(issuesOf({}), [])
})

test('lightDefinitions() refuses a package that a definition loads at once, and says by which way', () => {
  assert.deepEqual(issuesOf({ 'receive/udp.ts': "import { serve } from './serve.ts'" }), [
    'src/receive/receivers.ts loads "node:http2": src/receive/receivers.ts → src/receive/udp.ts → src/receive/serve.ts',
  ])
})

test('lightDefinitions() refuses packages of a scope, parts of a package, and each only once', () => {
  const heavy = "import 'hono/cors'\nimport '@aws-sdk/client-s3'\nexport * from '@aws-sdk/client-s3'\nimport 'honolulu'"
  assert.deepEqual(issuesOf({ 'config/define.ts': heavy }), [
    'src/config/define.ts loads "hono/cors": src/config/define.ts',
    'src/config/define.ts loads "@aws-sdk/client-s3": src/config/define.ts',
  ])
})

test('lightDefinitions() lets a definition import the types of a package, and a test the package', () => {
  assert.deepEqual(
    issuesOf({
      'config/define.ts': "import type { Hono } from 'hono'\nimport type { Serve } from '../receive/serve.ts'",
      'config/define.test.ts': "import { Hono } from 'hono'",
    }),
    [],
  )
})

test('lightDefinitions() counts an import of nothing but types in braces, as the compiler keeps it', () => {
  assert.equal(issuesOf({ 'config/define.ts': "import { type Hono } from 'hono'" }).length, 1)
})

test('lightDefinitions() refuses an entry that is not there, rather than check nothing', () => {
  const issues = inTree({ 'config/schema.ts': '' }, (folder) => lightDefinitions(folder, options))
  assert.deepEqual(issues, ['src/receive/receivers.ts must be light, and does not exist'])
})
