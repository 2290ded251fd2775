import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { checkBuffer } from './check-buffer.ts'
import { xrayUdp } from './xray-udp.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-buffer-'))
after(() => rmSync(folder, { recursive: true }))
const limit = join(folder, 'rmem_max')
writeFileSync(limit, '212992\n')

test('checkBuffer() warns of a buffer that the kernel does not allow, and says how to allow it', () => {
  assert.deepEqual(checkBuffer(4_194_304, limit), [{
    name: 'limits',
    state: 'warn',
    message: 'the kernel limits UDP buffers to 213.0 kB; receive.xray.udp.receiveBuffer is 4.2 MB',
    advice: 'sysctl -w net.core.rmem_max=4194304, if bursts of X-Ray documents are lost',
  }])
})

test('checkBuffer() is content with a buffer that the kernel allows', () => {
  assert.deepEqual(checkBuffer(212_992, limit).map(({ state }) => state), ['ok'])
})

test('checkBuffer() finds nothing where the kernel does not say', () => {
  assert.deepEqual(checkBuffer(4_194_304, join(folder, 'none')), [])
})

test('the doctor asks the receiver, which checks the buffer of its settings', async () => {
  const settings = v.parse(xrayUdp.schema, { receiveBuffer: '1GiB' })
  assert.deepEqual(await xrayUdp.check?.(settings, {}), checkBuffer(1024 ** 3))
})
