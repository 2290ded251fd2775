import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceParts } from './source-parts.mjs'

/** The words of a part, without the blanks for what was left out. */
const wordsOf = (part: string): string => part.trim().replace(/\s+/g, ' ')

const code = {
  'const a = 1 // note': 'const a = 1',
  'a /* b */ c': 'a c',
  '/** doc\n * more\n */\nf()': 'f()',
  'say(\'a // b\', "c /* d")': 'say(\' \', " ")',
  "a = 'it\\'s' + b": "a = ' ' + b",
  'a = `x ${one + `y ${two}`} z` + b': 'a = ` ${one + ` ${two}`} ` + b',
  'a = `{ ${{ b: 1 }.b} }`; c': 'a = ` ${{ b: 1 }.b} `; c',
  'a = /[/\'"]/.test(b) // c': 'a = .test(b)',
  'a = b / c / d // e': 'a = b / c / d',
  'return /`/': 'return',
  "<p>It's here</p>\nconst a = 'b'": "<p>It's here</p> const a = ' '",
  '<br /> // c\n<i>x</i> + y': '<br /> <i>x</i> + y',
  "a = 'open\nb()": "a = ' b()",
}

for (const [text, expected] of Object.entries(code)) {
  test(`sourceParts() finds the code of ${JSON.stringify(text)}`, () => {
    const parts = sourceParts(text)
    assert.equal(wordsOf(parts.code), expected)
    assert.equal(parts.code.length, text.length)
    assert.equal(parts.code.split('\n').length, text.split('\n').length)
  })
}

test('sourceParts() finds comments and texts', () => {
  assert.equal(wordsOf(sourceParts("a('b') // c\nd(`e ${f} g`) /* h */").prose), 'b // c e g /* h */')
})

test('sourceParts() takes CSS without comments of one line', () => {
  assert.equal(wordsOf(sourceParts('a { b: url(//c) } /* d */', 'css').code), 'a { b: url(//c) }')
})
