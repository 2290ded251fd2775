import assert from 'node:assert/strict'
import { test } from 'node:test'
import { docLinks } from './doc-links.mjs'
import { inTree } from './in-tree.ts'

const issuesOf = (text: string): string[] =>
  inTree({
    'README.md': '# Röntgen\n',
    'docs/a.md': text,
    'docs/b.md':
      '# Running it\n\n## `PUT /x`, and more!\n\n## Twice\n\n## Twice\n\n```\n# not this\n```\n<a id="own"></a>\n',
    'docs/pictures/map.png': '',
  }, docLinks)

for (
  const text of [
    '[b](b.md) and [b](./b.md "B"), [up](../README.md), [folder](pictures/)',
    '![map](pictures/map.png) <img src="pictures/map.png" alt="map">',
    '[1](b.md#running-it) [2](b.md#put-x-and-more) [3](b.md#twice) [4](b.md#twice-1) [5](b.md#own)',
    '## Here\n\n[here](#here), [title](../README.md#röntgen), [encoded](../README.md#r%C3%B6ntgen)',
    '[a](https://example.com/gone.md) [b](mailto:a@example.com) [c](//example.com/x)',
    '`[x](gone.md)`\n\n```\n[x](gone.md)\n```',
  ]
) {
  test(`docLinks() takes ${JSON.stringify(text)}`, () => assert.deepEqual(issuesOf(text), []))
}

const gone = {
  '[x](gone.md)': 'links to "gone.md", which does not exist',
  '![x](pictures/gone.png)': 'links to "pictures/gone.png", which does not exist',
  '<img src="gone.png">': 'links to "gone.png", which does not exist',
  '[x](b.md#gone)': 'links to "b.md#gone", and docs/b.md has no such heading',
  '[x](b.md#not-this)': 'links to "b.md#not-this", and docs/b.md has no such heading',
  '[x](b.md#twice-2)': 'links to "b.md#twice-2", and docs/b.md has no such heading',
  '[x](#gone)': 'links to "#gone", and docs/a.md has no such heading',
  '[x](../../gone.md)': 'links to "../../gone.md", which is outside of the repository',
}

for (const [text, issue] of Object.entries(gone)) {
  test(`docLinks() refuses ${text}`, () => assert.deepEqual(issuesOf(`\n${text}`), [`docs/a.md:2 ${issue}`]))
}
