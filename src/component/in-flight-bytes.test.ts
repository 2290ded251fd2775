import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { InFlightBytes } from './in-flight-bytes.ts'

const KIB64 = 1 << 16
const nobody = (): never => assert.fail('nothing gives way')

/** Bytes in flight by a clock that the test moves. */
function lab(maxBytes: number) {
  const clock = new FakeClock()
  return { clock, inFlight: new InFlightBytes(maxBytes, clock) }
}

test('InFlightBytes rejects bytes over its bound, and accepts them once there is room', () => {
  const { inFlight } = lab(10 * KIB64)
  const first = inFlight.open(nobody)
  first.add(6 * KIB64)
  const second = inFlight.open(nobody)
  assert.throws(() => second.add(5 * KIB64), { code: 'busy' })
  second.add(4 * KIB64)
  first.end()
  second.add(6 * KIB64)
  second.end()
})

test('InFlightBytes has room for one request of any size', () => {
  const { inFlight } = lab(100)
  const request = inFlight.open(nobody)
  request.add(1000)
  request.add(1_000_000)
  const other = inFlight.open(nobody)
  assert.throws(() => other.add(1))
  request.end()
  other.add(1)
  other.end()
})

test('InFlightBytes keeps room for small requests', () => {
  const { inFlight } = lab(16 * KIB64)
  const large = inFlight.open(nobody)
  large.add(16 * KIB64)
  const small = [inFlight.open(nobody), inFlight.open(nobody), inFlight.open(nobody)]
  small[0]?.add(KIB64)
  small[1]?.add(KIB64)
  assert.throws(() => small[2]?.add(1), { code: 'busy' })
  for (const request of [large, ...small]) request.end()
})

test('InFlightBytes ends the request that has been arriving for the longest when another needs its room', async () => {
  const { clock, inFlight } = lab(10 * KIB64)
  const ended: string[] = []
  const open = (name: string) => inFlight.open(({ code }) => void ended.push(`${name} ${code}`))
  const [a, b] = [open('a'), open('b')]
  a.add(5 * KIB64)
  b.add(5 * KIB64)
  await clock.advance(1000)
  const c = open('c')
  assert.throws(() => c.add(2 * KIB64), { code: 'busy' })
  await clock.advance(1500)
  c.add(2 * KIB64)
  assert.deepEqual(ended, ['a busy'])
  a.add(100 * KIB64) // counts no more
  c.add(3 * KIB64)
  for (const request of [a, b, c]) request.end()
  open('d').add(10 * KIB64)
})

test('InFlightBytes ends a request that takes over 30 s, and leaves no timer', async () => {
  const { clock, inFlight } = lab(10 * KIB64)
  const codes: string[] = []
  inFlight.open(({ code }) => void codes.push(code)).add(10 * KIB64)
  await clock.advance(20_000)
  const later = inFlight.open(nobody)
  await clock.advance(12_000)
  assert.deepEqual(codes, ['timeout'])
  later.add(10 * KIB64)
  later.end()
  assert.equal(clock.timers, 0)
})
