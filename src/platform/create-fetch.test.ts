import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proxyFor } from './create-fetch.ts'

const to = (url: string, env: Record<string, string>, set?: string) => proxyFor(new URL(url), set, env)

test('proxyFor() takes the proxy of the scheme, in upper or lower case', () => {
  assert.equal(to('https://x.example.com/', { HTTPS_PROXY: 'http://p:1' }), 'http://p:1')
  assert.equal(to('https://x.example.com/', { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:1' }), 'http://p:1')
  assert.equal(to('http://x.example.com/', { HTTPS_PROXY: 'http://p:1' }), undefined)
  assert.equal(to('http://x.example.com/', {}, 'http://set:1'), 'http://set:1')
})

test('proxyFor() spares what NO_PROXY names', () => {
  for (
    const [list, isSpared] of [
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
    assert.equal(to('https://x.example.com:8443/', env), isSpared ? undefined : 'http://p:1', list)
  }
})
