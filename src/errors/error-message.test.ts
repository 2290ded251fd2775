import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorMessage } from './error-message.ts'

test('errorMessage() leaves out what the runtime advises, and takes what is no error', () => {
  assert.equal(
    errorMessage(new Error('Unable to connect. Is the computer able to access the url?')),
    'Unable to connect',
  )
  const closed = 'The socket connection was closed unexpectedly'
  const advice = 'For more information, pass `verbose: true` in the second argument to fetch()'
  assert.equal(errorMessage(new Error(`${closed}. ${advice}`)), closed)
  assert.equal(errorMessage(new Error('no. more')), 'no. more')
  assert.equal(errorMessage('text'), 'text')
})
