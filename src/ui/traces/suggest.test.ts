import assert from 'node:assert/strict'
import { test } from 'node:test'
import { suggest } from './suggest.ts'

const names = {
  services: ['checkout', 'payments'],
  annotations: [{ key: 'order.tier', values: ['gold', 'silver'] }, { key: 'size', values: [3, 41] }],
  users: ['ada', 'bob'],
}

for (
  const [text, expected] of [
    ['fau', ['fault']],
    ['service("', ['"checkout"', '"payments"']],
    ['service(pay', ['"payments"']],
    ['edge("checkout", "p', ['"payments"']],
    ['ann', ['annotation[order.tier]', 'annotation[size]']],
    ['annotation[o', ['annotation[order.tier]']],
    ['annotation.si', ['annotation[size]']],
    ['annotation[order.tier] = "g', ['"gold"']],
    ['annotation[size] = ', ['3', '41']],
    ['user = "a', ['"ada"']],
    ['fault ', ['AND ', 'OR ']],
    ['responsetime > ', []],
    ['http.url CONTAINS "fau', []],
    ['nosuchword', []],
  ] as const
) {
  test(`suggest() proposes ${expected.join(' ') || 'nothing'} after ${text}`, () => {
    const { from, to, items } = suggest(text, text.length, names)
    assert.deepEqual(items.map((item) => item.text), expected)
    assert.ok(from >= 0 && to === text.length)
  })
}

test('suggest() proposes what takes the place of the word at the caret alone', () => {
  const text = 'service("pa") { fault }'
  const { from, to, items } = suggest(text, 11, names)
  assert.equal(text.slice(0, from) + items[0]?.text + text.slice(to), 'service("payments"") { fault }')
})
