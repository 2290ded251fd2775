import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from '../bytes/buffer-pool.ts'
import type { DocumentBlock } from '../component/batch.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { GroupCommit, type GroupWriter } from './group-commit.ts'

const decoder = new TextDecoder()

interface Written {
  readonly texts: string[]
  readonly truncated: number
  readonly unanswered: number
  readonly at: number
}

/** A writer that remembers what it was given. */
class FakeWriter implements GroupWriter {
  readonly written: Written[] = []
  isBusy = false
  error: Error | undefined

  constructor(private readonly clock: FakeClock) {}

  isAhead(): boolean {
    return this.isBusy
  }

  write(block: DocumentBlock | undefined, truncated: number, unanswered: number): void {
    if (this.error !== undefined) throw this.error
    const texts: string[] = block === undefined ? [] : JSON.parse(`[${decoder.decode(block.bytes)}]`)
    this.written.push({ texts, truncated, unanswered, at: this.clock.monotonic() })
  }
}

function openGroup() {
  const clock = new FakeClock()
  const writer = new FakeWriter(clock)
  const group = new GroupCommit(writer, new BufferPool(2), clock)
  const write = (...texts: string[]): void => {
    const documents = group.open()
    for (const text of texts) {
      documents.begin()
      documents.writer.ascii(text)
      documents.end(0)
    }
  }
  const texts = (): string[][] => writer.written.map((written) => written.texts)
  return { clock, writer, group, write, texts }
}

test('requests of the same millisecond are written together, and each is answered once they are', async () => {
  const { clock, group, write, texts } = openGroup()
  const answered: string[] = []
  for (const text of ['a', 'b', 'c']) {
    write(text)
    void group.commit(true).then(() => answered.push(text))
  }
  assert.deepEqual(texts(), [])
  await clock.advance(1)
  assert.deepEqual([texts(), answered], [[['a', 'b', 'c']], ['a', 'b', 'c']])
  write('d')
  await Promise.all([group.commit(true), clock.advance(1)])
  assert.deepEqual(texts()[1], ['d'])
})

test('documents that no client waits for are written after 4 ms, or with the first that one waits for', async () => {
  const { clock, writer, group, write } = openGroup()
  write('a')
  void group.commit(false)
  await clock.advance(3)
  assert.deepEqual(writer.written, [])
  await clock.advance(1)
  assert.deepEqual(writer.written.map(({ unanswered, at }) => [unanswered, at]), [[1, 4]])
  write('b')
  void group.commit(false)
  write('c')
  void group.commit(true)
  await clock.advance(1)
  assert.deepEqual(writer.written[1], { texts: ['b', 'c'], truncated: 0, unanswered: 1, at: 5 })
})

test('a group of 1 MiB is written at once', async () => {
  const { clock, group, write, texts } = openGroup()
  write('x'.repeat(60_000))
  void group.commit(true)
  for (let i = 1; i < 18; i++) {
    write('x'.repeat(60_000))
    void group.commit(true)
  }
  assert.equal(texts()[0]?.length, 18)
  await clock.advance(100)
  assert.equal(texts().length, 1)
})

test('what was written into the group and not committed is not written, whether another entry follows or not', async () => {
  const { clock, group, write, texts } = openGroup()
  write('a')
  void group.commit(true)
  write('failed halfway')
  write('b')
  void group.commit(true)
  write('failed at the end')
  await clock.advance(1)
  assert.deepEqual(texts(), [['a', 'b']])
})

test('only documents that are written count as truncated', async () => {
  const { clock, writer, group, write } = openGroup()
  const long = `{\\"name\\":\\"x\\",\\"id\\":\\"1\\",\\"metadata\\":{\\"default\\":{\\"a\\":\\"${
    'x'.repeat(80_000)
  }\\"}}}`
  write(long)
  write(long, 'a')
  void group.commit(true)
  await clock.advance(1)
  assert.equal(writer.written[0]?.truncated, 1)
})

test('a failure reaches every request of the group, and no other', async () => {
  const { clock, writer, group, write, texts } = openGroup()
  writer.error = new Error('the disk is full')
  write('a')
  const first = assert.rejects(group.commit(true), /the disk is full/)
  write('b')
  const second = assert.rejects(group.commit(false), /the disk is full/)
  await clock.advance(1)
  await Promise.all([first, second])
  writer.error = undefined
  write('c')
  await Promise.all([group.commit(true), clock.advance(1)])
  assert.deepEqual(texts(), [['c']])
})

test('a failure that no request waits for is not an unhandled rejection', async () => {
  const { clock, writer, group, write } = openGroup()
  writer.error = new Error('the disk is full')
  write('a')
  void group.commit(false)
  await clock.advance(4)
  group.flush()
})

test('while delivery is behind, a commit holds back until it has caught up, but for 50 ms at most', async () => {
  const { clock, writer, group, write } = openGroup()
  writer.isBusy = true
  write('a')
  void group.commit(true)
  await clock.advance(20)
  assert.equal(writer.written.length, 0)
  writer.isBusy = false
  await clock.advance(2)
  assert.equal(writer.written.length, 1)
  writer.isBusy = true
  const start = clock.monotonic()
  write('b')
  void group.commit(true)
  await clock.advance(100)
  assert.ok((writer.written[1]?.at ?? 0) - start <= 52)
})

test('GroupCommit.flush() writes now, also if nothing is in the group', async () => {
  const { clock, group, write, texts } = openGroup()
  write('a')
  void group.commit(true)
  group.flush()
  group.flush()
  assert.deepEqual(texts(), [['a'], []])
  await clock.advance(100)
  assert.equal(texts().length, 2)
  assert.equal(clock.timers, 0)
})
