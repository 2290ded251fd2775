import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hideSecrets } from './hide-secrets.ts'

test('hideSecrets() masks user, password and query of a URL', () => {
  assert.equal(hideSecrets('https://me:pass@w@host:8/path?token=secret#x'), 'https://***@host:8/path?***')
  assert.equal(hideSecrets('HTTP://token@host/?a=b'), 'HTTP://***@host/?***')
  assert.equal(hideSecrets('https://host?token=a/b@c'), 'https://host?***')
})

test('hideSecrets() leaves other texts as they are', () => {
  for (const text of ['https://host/a@b', 'http://127.0.0.1:9', 'me@example.com', 'a?b', '']) {
    assert.equal(hideSecrets(text), text)
  }
})
