import assert from 'node:assert/strict'
import { test } from 'node:test'
import { docCommands } from './doc-commands.mjs'
import { inTree } from './in-tree.ts'

const issuesOf = (text: string, doc = 'README.md'): string[] =>
  inTree({ 'package.json': '{ "scripts": { "test": "", "check": "", "test:page": "" } }', [doc]: text }, docCommands)

test('docCommands() takes scripts that are there, and what npm does itself', () => {
  assert.deepEqual(issuesOf('`npm test`, `npm run check`, `npm run test:page`, `npm install`'), [])
})

test('docCommands() refuses scripts that are gone, in each page', () => {
  assert.deepEqual(issuesOf('\nnpm run gone -- --fast'), [
    'README.md:2 names "npm run gone", which package.json does not have',
  ])
  assert.deepEqual(issuesOf('npm start', 'docs/a.md'), [
    'docs/a.md:1 names "npm run start", which package.json does not have',
  ])
  assert.equal(issuesOf('npm run test:gone', 'CONTRIBUTING.md').length, 1)
})
