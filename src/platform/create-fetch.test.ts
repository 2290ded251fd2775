import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proxyFor } from './create-fetch.ts'

const proxyOf = (url: string, env: Record<string, string>, configured?: string) =>
  proxyFor(new URL(url), configured, env)

test('proxyFor() returns the proxy of the scheme, in upper or lower case', () => {
  assert.equal(proxyOf('https://x.example.com/', { HTTPS_PROXY: 'http://p:1' }), 'http://p:1')
  assert.equal(
    proxyOf('https://x.example.com/', { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:1' }),
    'http://p:1',
  )
  assert.equal(proxyOf('http://x.example.com/', { HTTPS_PROXY: 'http://p:1' }), undefined)
  assert.equal(proxyOf('http://x.example.com/', {}, 'http://set:1'), 'http://set:1')
})

test('proxyFor() returns no proxy for what NO_PROXY lists', () => {
  for (
    const [list, isExcluded] of [
      ['x.example.com', true],
      ['example.com', true],
      ['.example.com', true],
      ['*.example.com', true],
      ['*', true],
      [' a , X.EXAMPLE.COM:8443', true],
      ['ample.com', false],
      ['x.example.com:1', false],
      ['', false],
    ] as const
  ) {
    const env = { HTTPS_PROXY: 'http://p:1', NO_PROXY: list }
    assert.equal(proxyOf('https://x.example.com:8443/', env), isExcluded ? undefined : 'http://p:1', list)
  }
})
