import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readableIds } from './readable-ids.ts'

/** Walks ids of which those in `damaged`, first and last, cannot be read, nor found from before. */
function walk(ids: readonly number[], damaged: readonly [number, number][]) {
  let looks = 0
  const lost: (number | undefined)[] = []
  const next = (from: number): number | undefined => {
    looks++
    const id = ids.find((known) => known >= from)
    for (const [first, last] of damaged) {
      if ((id ?? from) >= first && from <= last) throw new Error('malformed')
    }
    return id
  }
  const found = [...readableIds(next, (count) => lost.push(count))]
  return { found, lost, looks }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

test('readableIds() walks over ids that can be read, however far apart they are', () => {
  assert.deepEqual(walk([3, 4, 900, 1e9], []), { found: [3, 4, 900, 1e9], lost: [], looks: 5 })
  assert.deepEqual(walk([], []).found, [])
})

test('readableIds() goes on right after damage, and says how many ids are lost at most', () => {
  const { found, lost } = walk(upTo(1000), [[100, 149], [500, 500]])
  assert.deepEqual(found, upTo(1000).filter((id) => !(id >= 100 && id <= 149) && id !== 500))
  assert.deepEqual(lost, [50, 1])
})

test('readableIds() looks a few times only, however many ids are damaged', () => {
  const { found, looks } = walk([1, 2, 5_000_000, 9_000_000], [[3, 8_000_000]])
  assert.deepEqual(found, [1, 2, 9_000_000])
  assert.ok(looks < 100, `${looks} looks`)
})

test('readableIds() ends where nothing can be read any more, and says that it does not know how much is lost', () => {
  const { found, lost, looks } = walk(upTo(10), [[8, Infinity]])
  assert.deepEqual([found, lost], [upTo(7), [undefined]])
  assert.ok(looks < 100, `${looks} looks`)
})

test('readableIds() does not believe an id that is less than what was asked for', () => {
  assert.deepEqual([...readableIds((from) => (from < 5 ? 5 : 2), () => {})], [5])
})
