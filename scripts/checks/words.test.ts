import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bannedWords } from './banned-words.mjs'
import { inTree } from './in-tree.ts'
import { bannedWordsIn, words } from './words.mjs'

/** Lines of code that must not be there, and the word that is found. */
const bad: Readonly<Record<string, string>> = {
  '// Tells whether it is ready': 'tells',
  "events.report('what was told')": 'told',
  'this.#tell(delivery)': 'tell',
  "import { flawOf } from './a.ts'": 'flaw',
  '/** One line per flaw. */': 'flaw',
  'context.complain(line)': 'complain',
  'events.noted(note)': 'noted',
  'const refusal = rejectionOf(error)': 'refusal',
  "const name = 'rontgen_refused_total'": 'rontgen refused',
  'counts.refused.add(1)': 'refused',
  'const isRefused = true': 'isRefused',
  'const letter = store.get(id)': 'letter',
  'interface LetterBox {}': 'letter',
  '/** Letters on one page. */': 'letters',
  'class SessionKeeper {}': 'SessionKeeper',
  'this.#buryOld(batch)': 'bury',
  '// What X-Ray refuses is buried': 'buried',
  'spool.revive(ids)': 'revive',
  'function salvageRows() {}': 'salvage',
  'this.#renew(error)': 'renew',
  '// A guess that is mended later': 'mended',
  'const file = setAside(dir)': 'set aside',
  '// A damaged spool is set aside': 'set aside',
  'const file = `${spool}.broken-${time}`': '.broken',
  'store.settle()': 'settle',
  "const sql = 'SELECT settled FROM traces'": 'settled',
  'const packed = compress(text)': 'packed',
  '/** Unpacks a body. */': 'unpacks',
  'const UNAWAITED_MS = 4': 'unawaited',
  'this.#isHurried = true': 'hurried',
  '// How long a commit waits for company': 'company',
  'pool.give(buffer)': 'give',
  'class InboundBytes {}': 'InboundBytes',
  'this.#destination = openDestination(settings)': '#destination',
  'const own = settings.receive': 'own',
  'const [theirs, ours] = pair': 'theirs',
  'const foreign = readConfig(dir)': 'foreign',
  'const predecessor = name': 'predecessor',
  'const next = createForward(queue)': 'createForward',
  "const to = 'receive.otlp.also'": 'otlp.also',
  'const receive = { also: [] }': 'also',
  '// The house rules': 'house',
  "import { SpanContext } from './span-context.ts'": 'SpanContext',
  'interface Place {}': 'Place',
  'const place: XrayPlace = a': 'XrayPlace',
  'function ask(): ProxyAnswer {}': 'ProxyAnswer',
  'stages.keepOrigin(request)': 'keepOrigin',
  'this.#origins.write()': '#origins',
  'const spread = spreadAttributes(c)': 'spread',
  "import { roles } from './roles.ts'": 'roles',
  '/** In embedded form, with its quotes. */': 'embedded form',
  'return embedText(json)': 'embed text',
  "const comma = literal(',')": 'literal',
  'const WHOSE = 0x0a': 'WHOSE',
  'const WHAT = 0x12': 'WHAT',
  '/** Whose keys are used. */': 'whose keys',
  '// Field 1 says whose.': 'whose',
  'interface SpanFacts {}': 'SpanFacts',
  'for (const occurrence of all) {}': 'occurrence',
  'return statisticsShape(counts)': 'statisticsShape',
  'const hosts = new ByteMemo()': 'ByteMemo',
  'class StatusTally {}': 'StatusTally',
  '// A stand-in for S3': 'stand-in',
  'const standIn = fakeS3()': 'standIn',
  "<h1 class='heard'>": 'heard',
  'const MOST_BYTES = 64': 'MOST_BYTES',
  'interface Limit { leastMs: number }': 'leastMs',
  'const run = (act: () => void) => 1': 'act',
  'list.map((one) => f(1))': 'one',
  'function forAll(\n  each: (span: Span) => void,\n) {}': 'each',
  '// It starts anew': 'anew',
  '// What was reported of late': 'of late',
  '// Something was amiss': 'amiss',
  '// The file beside it': 'beside',
  '// A comma stands behind it': 'behind',
  "throw new Error('-a is to be one of two')": 'is to be',
  '/** Reads a length; gives the position after it. */': 'gives',
  '/** @returns a promise that is kept once it is written */': 'promise that is kept',
  "print('prints a line a trace')": 'a line a trace',
  '// Problems, one a kind': 'one a kind',
  "test('counts what came and went', () => {})": 'what came and went',
  '// Limits are to\n// be found in the schema': 'are to be',
}

/** Lines that have a word of the table in its ordinary meaning, or one that only looks like it. */
const good = [
  '// Storytelling, foretold, intelligible',
  '// The code tells a rejection and a failure of the disk apart',
  '// Flawless, flawlessly',
  'class DeadLetterStore { readonly deadLetters = [] }',
  "app.get('/dead-letters/:id', list)",
  '// Removes the oldest dead\n// letters',
  'const MAX_DEAD_LETTERS = 1',
  '// An annotation has letters, digits and `_`; digits or letters; capital letters; it starts with a letter',
  "fail('connect ECONNREFUSED: connection refused')",
  '// X-Ray refuses a document over 64 KB',
  '// Credentials are renewed before they run out',
  "db.exec('PRAGMA foreign_keys = ON') // foreign keys",
  'await Promise.allSettled(all)',
  '// Once the promise has settled',
  "db.exec('CREATE TABLE traces (settled INTEGER); ALTER TABLE traces RENAME COLUMN settled TO state')",
  "import packageJson from '../package.json'; const packet = 1",
  '// A packed repeated field; varints packed',
  'anyUnpack(anyPack(RetryInfoSchema, info), RetryInfoSchema)',
  '// Packs the documents of one trace into one request',
  '// The company that runs it',
  '// Requests to the destination, as X-Ray calls it',
  "const messagingDestination = 'messaging.destination.name'",
  '// Its own settings, and theirs',
  '// What the X-Ray daemon, its predecessor, did',
  '// It moves forward only; it also takes JSON; see also: the schema',
  "const system = 'clickhouse'; const ClickHouse = 1",
  "import { SpanKind } from '@opentelemetry/api'",
  '// A placeholder in place of it',
  'const allowedOrigins = [origin]',
  "// Clients spread over hosts; `{ ...spread }` copies; the instance's role",
  '// Documents whose id is greater; the client whose answer waits',
  'const shape = 1; const memory = 2; useMemo(() => 1, [])',
  '// Defaults stand in the schema; it can stand in its place',
  '// A client that was not heard of for a minute',
  '// Most bytes are escaped; at least one',
  '// One of each; make one, use one',
  'const entry = { make: 1, use: 2 }; f(one); each.push(1)',
  '// Lately, anewly, besides',
  '// While delivery is behind, and behind a load balancer or the same ports; 5 s behind',
  '// What there is to begin with',
  '// The oldest gives way; the config gives a name',
  '// The document is kept as it came',
  '// A row a minute, twice a second, one line per trace',
  '// It came in time, and went out late',
]

const file = 'src/translate/a.ts'

for (const [text, word] of Object.entries(bad)) {
  test(`words() finds "${word}" in ${JSON.stringify(text)}`, () => {
    const found = bannedWordsIn(text, text.includes('statisticsShape') ? 'src/local/a.ts' : file)
    assert.ok(found.some((issue) => issue.found === word), JSON.stringify(found))
  })
}

for (const text of good) {
  test(`words() takes ${JSON.stringify(text)}`, () => assert.deepEqual(bannedWordsIn(text, file), []))
}

for (const entry of bannedWords) {
  test(`words() has an example of ${String(entry.word)}, and what to write instead`, () => {
    const isFound = (text: string): boolean =>
      [file, 'src/local/a.ts'].some((name) => bannedWordsIn(text, name, [entry]).length > 0)
    assert.ok(Object.keys(bad).some(isFound))
    assert.notEqual(entry.use, '')
    if (entry.unless !== undefined) {
      const { unless: _, ...strict } = entry
      assert.ok(good.some((text) => bannedWordsIn(text, file, [strict]).length > 0), 'no example of ordinary use')
    }
  })
}

test('words() leaves words of one folder alone elsewhere', () => {
  for (const text of ['new SpanContext()', 'const roles = 1', 'const spread = 1', 'v.literal(1)']) {
    assert.deepEqual(bannedWordsIn(text, 'src/demo/a.ts'), [])
  }
  assert.deepEqual(bannedWordsIn('const predecessors = 1', 'scripts/a.ts'), [])
  assert.deepEqual(bannedWordsIn('A local root gives two documents.', 'docs/a.md'), [])
})

test('words() finds names between backticks in docs, and leaves prose alone that only looks like a name', () => {
  assert.deepEqual(bannedWordsIn('a\n\n`openDestination` opens the destination', 'docs/a.md'), [
    { line: 3, found: 'openDestination', use: 'exporters, outputs' },
  ])
})

test('words() reports file, line, word and what to write instead, in code, CSS, tests, scripts and docs', () => {
  const issues = inTree({
    'src/a.ts': 'ok\n// anew\n',
    'src/a.css': '.heard {}',
    'src/otlp/gen/a.ts': '// anew',
    'src/queue/open-letter-box.ts': '',
    'test/a.test.ts': "test('starts anew', () => {})",
    'test/golden/a.ts': '// anew',
    'scripts/a.mjs': '// anew',
    'docs/a.md': 'anew',
    'README.md': 'anew, anew',
    'config.ts': '// anew',
    'package.json': '"anew"',
  }, (root) => words(root))
  assert.deepEqual(issues, [
    'README.md:1: "anew" → again',
    'config.ts:1: "anew" → again',
    'src/a.css:1: "heard" → visually-hidden, onKey',
    'src/a.ts:2: "anew" → again',
    'src/queue/open-letter-box.ts: its name → dead letter; a character is a character',
    'scripts/a.mjs:1: "anew" → again',
    'test/a.test.ts:1: "anew" → again',
    'docs/a.md:1: "anew" → again',
  ])
})

test('words() lets the changelog quote names that are gone', () => {
  const issuesOf = (text: string): string[] => inTree({ 'CHANGELOG.md': text }, (root) => words(root))
  assert.deepEqual(issuesOf('`letters` is `deadLetters`'), [])
  assert.deepEqual(issuesOf('it starts anew'), ['CHANGELOG.md:1: "anew" → again'])
})
