import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { containerMemory } from './container-memory.ts'

test('containerMemory() reads the limit of a control group of either version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rontgen-cgroup-'))
  const file = (text: string): string => {
    writeFileSync(join(folder, 'limit'), text)
    return join(folder, 'limit')
  }
  assert.equal(containerMemory([join(folder, 'not-there'), file('134217728\n')]), 134217728)
  assert.equal(containerMemory([file('max\n')]), undefined)
  assert.equal(containerMemory([file('9223372036854771712\n')]), undefined)
  assert.equal(containerMemory([]), undefined)
  rmSync(folder, { recursive: true })
})
