import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, test } from 'node:test'
import { damagePagesWith } from '../../test/support/damage.ts'
import { TestLog } from '../../test/support/test-queue.ts'
import { blockOf, documentNames, openTestSpool, spoolFolder } from '../../test/support/test-spool.ts'
import { openSpool } from './open-spool.ts'
import { spoolPath } from './spool-file.ts'

const temporary = process.env['TMPDIR']
afterEach(() => {
  if (temporary === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = temporary
})

const largeText = (i: number): string => `document-${i}-${'x'.repeat(3900)}`

/** Opens a spool, and closes it. @returns what is in it for each exporter, and what was logged */
function open(dir: string, exporters: readonly string[] = ['xray']) {
  const log = new TestLog()
  const { spool, dir: opened } = openSpool({ dir, sync: 'normal' }, exporters, log.events)
  const documents = Object.fromEntries(
    spool.lanes().map(({ id, name }) => [name, spool.waiting.contents(id).documents]),
  )
  const deadLetters = spool.deadLetters.list(0, 100)
  const lanes = spool.lanes()
  spool.close()
  return { dir: opened, documents, deadLetters, lanes, log: log.text }
}

/** A spool of 60 blocks, of which every second one waits for two lanes. @returns its folder */
function writeSpool(): string {
  const dir = spoolFolder()
  const spool = openTestSpool(dir)
  const [xray, audit] = [spool.lane('xray'), spool.lane('audit')]
  for (let i = 0; i < 60; i++) {
    const lanes = i % 2 === 0 ? [xray] : [xray, audit]
    spool.commit({ block: blockOf([largeText(i)]), lanes, acknowledged: [], deadLetters: [] }, 0)
  }
  const dead = { lane: audit, time: 7, reason: 'rejected', message: 'no', document: new Uint8Array([34, 34]) } as const
  spool.commit({ lanes: [], acknowledged: [], deadLetters: [dead] }, 0)
  spool.close()
  return dir
}

const quarantined = (dir: string): string[] => readdirSync(dir).filter((name) => /quarantine-[\dT-]+Z$/.test(name))

test('openSpool() creates a spool where there is none, and opens the one that is there', () => {
  const dir = spoolFolder()
  assert.deepEqual(open(dir).dir, dir)
  assert.equal(open(writeSpool()).log, '')
})

test('openSpool() rebuilds a damaged spool: blocks wait for the lanes that they waited for, dead letters stay', () => {
  const dir = writeSpool()
  damagePagesWith(spoolPath(dir), 'document-30-')
  const { documents, deadLetters, lanes, log } = open(dir, ['local'])
  const { xray = 0, audit = 0, local } = documents
  assert.ok(xray >= 45 && xray < 60, `${xray} documents`)
  assert.ok(audit > 0 && audit < xray)
  assert.equal(local, 0)
  assert.equal(lanes.find(({ id }) => id === deadLetters[0]?.lane)?.name, 'audit')
  assert.equal(quarantined(dir).length, 1)
  assert.match(
    log,
    /ERROR The spool is damaged .* was moved to ".*quarantine.*"; \d+ blocks of documents were recovered/,
  )
})

test('openSpool() delivers to every exporter what does not say for whom it waits', () => {
  const dir = writeSpool()
  const db = new DatabaseSync(spoolPath(dir))
  // Opening fails, as there is no table of lanes, and yet a newer version.
  db.exec('DROP TABLE lanes; PRAGMA user_version = 99')
  db.close()
  const { documents, deadLetters, lanes } = open(dir, ['local', 'tempo'])
  assert.deepEqual(documents, { local: 60, tempo: 60 })
  assert.equal(lanes.find(({ id }) => id === deadLetters[0]?.lane)?.name, 'local')
})

test('openSpool() rebuilds a spool whose schema lacks a table or a column, and says so', () => {
  for (const damage of ['DROP TABLE waiting', 'DROP TABLE lanes', 'DROP TABLE state', 'DROP TABLE dead_letters']) {
    const dir = writeSpool()
    const db = new DatabaseSync(spoolPath(dir))
    db.exec(damage)
    db.close()
    const { dir: opened, documents, log } = open(dir, ['xray', 'audit'])
    assert.equal(opened, dir)
    assert.deepEqual(
      documents,
      damage === 'DROP TABLE lanes' ? { xray: 60, audit: 60 } : { xray: 60, audit: 30 },
      damage,
    )
    assert.match(log, /^ERROR The spool is damaged \(.*no such table.*\).*; 60 blocks of documents were recovered/)
  }
  const dir = writeSpool()
  const db = new DatabaseSync(spoolPath(dir))
  db.exec('ALTER TABLE blocks RENAME COLUMN traces TO tracés')
  db.close()
  assert.match(open(dir).log, /^ERROR The spool is damaged \(.*traces.*\)/)
})

test('openSpool() rebuilds a spool that lacks the lane of a block, which may then wait for every exporter', () => {
  const dir = writeSpool()
  const db = new DatabaseSync(spoolPath(dir))
  db.exec('ALTER TABLE blocks DROP COLUMN lane; DELETE FROM waiting WHERE block = 2')
  db.close()
  const { documents, log } = open(dir, ['xray', 'audit'])
  assert.deepEqual(documents, { xray: 60, audit: 60 })
  assert.match(log, /^ERROR The spool is damaged \(.*lane.*60 blocks of documents were recovered, 0 cannot be read/)
})

test('openSpool() rebuilds a spool whose version is lost', () => {
  const dir = writeSpool()
  const db = new DatabaseSync(spoolPath(dir))
  db.exec('PRAGMA user_version = 0')
  db.close()
  assert.deepEqual(open(dir, ['xray', 'audit']).documents, { xray: 60, audit: 30 })
})

test('openSpool() moves a directory away that is in the place of the spool', () => {
  const dir = spoolFolder()
  mkdirSync(join(spoolPath(dir), 'sub'), { recursive: true })
  const { dir: opened, documents, log } = open(dir)
  assert.deepEqual([opened, documents], [dir, { xray: 0 }])
  assert.match(log, /^ERROR The spool is damaged \(.*it is a directory\)/)
  assert.deepEqual(quarantined(dir).map((name) => readdirSync(join(dir, name))), [['sub']])
})

test('openSpool() starts an empty spool in place of a file that is no database', () => {
  const dir = spoolFolder()
  mkdirSync(dir)
  writeFileSync(spoolPath(dir), 'no database at all '.repeat(1000))
  const { documents, log } = open(dir)
  assert.deepEqual(documents, { xray: 0 })
  assert.match(log, /how many others it holds is unknown/)
})

test('openSpool() throws if another process has the spool open', () => {
  const dir = spoolFolder()
  const spool = openTestSpool(dir)
  assert.throws(() => open(dir), /another rontgen has it open/)
  spool.close()
})

test('openSpool() uses the folder for temporary files if the spool cannot be written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rontgen-open-'))
  process.env['TMPDIR'] = folder
  writeFileSync(join(folder, 'file'), '')
  const { dir, log } = open(join(folder, 'file/spool'))
  assert.match(dir, new RegExp(`^${folder}/rontgen-\\d+$`))
  assert.match(log, /ERROR .*; ".*" is used instead\. Make queue\.dir writable/)
  rmSync(folder, { recursive: true })
})

test('openSpool() uses memory if there is no place on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rontgen-open-'))
  writeFileSync(join(folder, 'file'), '')
  process.env['TMPDIR'] = join(folder, 'file')
  const { dir, log } = open(join(folder, 'file/spool'))
  assert.equal(dir, ':memory:')
  assert.match(log, /memory is used instead, and what waits is lost when the agent ends/)
  rmSync(folder, { recursive: true })
})

test('openSpool() keeps documents in memory alone if the folder is ":memory:"', () => {
  const log = new TestLog()
  const { spool, dir } = openSpool({ dir: ':memory:', sync: 'normal' }, [], log.events)
  spool.commit({
    block: blockOf(documentNames(0, 3)),
    lanes: [spool.lane('xray')],
    acknowledged: [],
    deadLetters: [],
  }, 0)
  assert.deepEqual([dir, spool.waiting.total().documents, log.text], [':memory:', 3, ''])
  spool.close()
})
