import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean } from './did-you-mean.ts'

test('didYouMean() ends a question by its mark, and begins a sentence after it', () => {
  assert.equal(didYouMean('"x" is not known', 'y'), '"x" is not known; did you mean "y"?')
  assert.equal(didYouMean('"x" is not known', 'y', 'see z'), '"x" is not known; did you mean "y"? See z')
  assert.equal(didYouMean('"x" is not known', undefined, 'see z'), '"x" is not known; see z')
  assert.equal(didYouMean('"x" is not known', undefined), '"x" is not known')
})
