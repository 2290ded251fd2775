import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorWording } from './error-wording.mjs'
import { inTree } from './in-tree.ts'

const issuesOf = (text: string, file = 'cli/a.ts'): string[] =>
  inTree({ [file]: text }, (folder) => errorWording(folder))

const bad = {
  "throw new Error('Cannot read it.')": 'Cannot read it.',
  'throw new Error(`Cannot read "${file}".`)': 'Cannot read "${file}".',
  "throw new RejectedError('busy', 'Too much waits.', { cause })": 'Too much waits.',
  "throw new Error(\n  'Cannot read it: ' +\n    'it is gone.',\n)": 'Cannot read it: …it is gone.',
  "throw new UsageError('cannot read it')": 'cannot read it',
}

for (const [text, message] of Object.entries(bad)) {
  test(`errorWording() refuses ${JSON.stringify(text)}`, () => {
    assert.deepEqual(issuesOf(`\n${text}`), [`src/cli/a.ts:2: "${message}" is not worded as errors are`])
  })
}

for (
  const text of [
    "throw new Error('Cannot read it')",
    "throw new Error('Cannot wait…')",
    "throw new ExportError('retryable', 'The endpoint is away')",
    'throw new Error(`${name} is missing, such as ${names.join(".")}`)',
    'throw new UsageError(`--port must be a number`)',
    'throw new Error(message)',
    "throw new Error(messageOf('the file.'))",
    "// throw new Error('no.')",
  ]
) {
  test(`errorWording() takes ${text}`, () => assert.deepEqual(issuesOf(text), []))
}

test('errorWording() lets messages that are part of another begin in lower case, where there are such', () => {
  assert.deepEqual(issuesOf("throw new Error('it is of version 2')", 'queue/a.ts'), [])
  assert.equal(issuesOf("throw new Error('it is of version 2.')", 'queue/a.ts').length, 1)
})
