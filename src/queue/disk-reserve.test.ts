import assert from 'node:assert/strict'
import { existsSync, mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { spoolFolder } from '../../test/support/test-spool.ts'
import { DiskReserve, shareOfDisk } from './disk-reserve.ts'

test('DiskReserve holds room on the disk until it is released, also one that was held before', () => {
  const dir = spoolFolder()
  mkdirSync(dir)
  const file = join(dir, 'spool.reserve')
  writeFileSync(file, 'too short')
  const reserve = new DiskReserve(dir, 3 << 20)
  assert.equal(reserve.hold(), true)
  assert.equal(statSync(file).size, 3 << 20)
  assert.ok(statSync(file).blocks * 512 >= 3 << 20)
  const { ino } = statSync(file)
  assert.equal(new DiskReserve(dir, 3 << 20).hold(), true)
  assert.equal(statSync(file).ino, ino)
  reserve.release()
  assert.equal(existsSync(file), false)
})

test('DiskReserve holds nothing where there is no folder, for a spool in memory, or if it holds 0 bytes', () => {
  const dir = spoolFolder()
  assert.equal(new DiskReserve(join(dir, 'missing')).hold(), false)
  const none = [new DiskReserve(':memory:'), new DiskReserve(dir, 0)]
  assert.deepEqual(none.map((reserve) => [reserve.hold(), reserve.bytes]), [[true, 0], [true, 0]])
  assert.equal(existsSync(dir), false)
})

test('shareOfDisk() is at most a part of the disk', () => {
  const { blocks, bsize } = statfsSync('/')
  assert.equal(shareOfDisk('/', 1), 1)
  assert.equal(shareOfDisk('/', Infinity), Math.floor(blocks * bsize / 8))
  assert.equal(shareOfDisk('/missing/too', Infinity), Math.floor(blocks * bsize / 8))
})
