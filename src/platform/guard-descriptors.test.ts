import assert from 'node:assert/strict'
import { test } from 'node:test'
import { descriptorLimit, guardDescriptors } from './guard-descriptors.ts'

test('descriptorLimit() is what the system allows, where it says so', () => {
  const limit = descriptorLimit()
  if (process.platform === 'linux') assert.ok(limit !== undefined && limit > 3)
  else assert.equal(limit, undefined)
})

test('guardDescriptors() is silent while most are free', async () => {
  let calls = 0
  const unguard = guardDescriptors(() => calls++)
  await new Promise((resolve) => setTimeout(resolve, 250))
  unguard()
  assert.equal(calls, 0)
})
