import { isObject, listOf, type MutableJson } from '../bytes/json.ts'
import { escapeJson, unescapeJson } from './escape-json.ts'
import { MAX_DOCUMENT } from './limits.ts'

/**
 * Shortens a document that is too long for X-Ray by what is largest and least needed: stack frames first, then
 * metadata, then long strings, links and exceptions. Its metadata names what was cut, under `otel.cut`.
 *
 * @param escaped a document as escaped JSON
 * @returns the shorter document as escaped JSON; undefined if it fits as it is, or is no JSON object
 */
export function fitDocument(escaped: Uint8Array): Uint8Array | undefined {
  const text = unescapeJson(escaped)
  if (sizeOf(text) <= MAX_DOCUMENT) return undefined
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(document)) return undefined
  return escapeJson(JSON.stringify(shorten(document)))
}

/** Cuts, step by step, until the document fits. @returns the same object */
function shorten(document: MutableJson): MutableJson {
  const cut: string[] = []
  const measure = (): number => sizeOf(JSON.stringify(document)) + 64 + cut.join('","').length
  const steps: [string, (excess: number) => void][] = [
    ['cause.exceptions.stack', () => cutStacks(document, 32)],
    ['cause.exceptions.stack', () => cutStacks(document, 4)],
    ['metadata', (excess) => dropMetadata(document, excess)],
    ['texts', () => cutTexts(document, 4096)],
    ['links', () => cutList(document, 'links', 50)],
    ['exceptions', () => cutList(document['cause'], 'exceptions', 10)],
    ['texts', () => cutTexts(document, 250)],
    ['subsegments', (excess) => dropSubsegments(document, excess)],
    ['links', () => cutList(document, 'links', 0)],
    ['annotations', () => delete document['annotations']],
  ]
  let size = measure()
  for (const [name, step] of steps) {
    if (size <= MAX_DOCUMENT) break
    step(size - MAX_DOCUMENT)
    const after = measure()
    const isNew = after < size && !cut.includes(name)
    if (isNew) cut.push(name)
    size = isNew ? after + name.length + 3 : after
  }
  const metadata = isObject(document['metadata']) ? document['metadata'] : {}
  const otel = isObject(metadata['otel']) ? metadata['otel'] : {}
  const before = listOf(otel['cut']).filter((name) => !cut.some((other) => other === name))
  document['metadata'] = { ...metadata, otel: { ...otel, cut: [...before, ...cut] } }
  return document
}

function cutStacks(document: MutableJson, frames: number): void {
  const cause = document['cause']
  if (!isObject(cause) || !Array.isArray(cause['exceptions'])) return
  for (const exception of cause['exceptions']) {
    if (!isObject(exception) || !Array.isArray(exception['stack']) || exception['stack'].length <= frames) continue
    const before = typeof exception['truncated'] === 'number' ? exception['truncated'] : 0
    exception['truncated'] = before + exception['stack'].length - frames
    exception['stack'] = exception['stack'].slice(0, frames)
  }
}

/** Drops the largest values of metadata until `excess` bytes are gone. */
function dropMetadata(document: MutableJson, excess: number): void {
  const metadata = document['metadata']
  if (!isObject(metadata)) return
  const values: { space: MutableJson; key: string; size: number }[] = []
  for (const space of Object.values(metadata)) {
    if (!isObject(space)) continue
    for (const [key, value] of Object.entries(space)) {
      values.push({ space, key, size: sizeOf(JSON.stringify(value)) + sizeOf(key) + 4 })
    }
  }
  values.sort((a, b) => b.size - a.size)
  for (const { space, key, size } of values) {
    if (excess <= 0) return
    delete space[key]
    excess -= size
  }
}

function dropSubsegments(document: MutableJson, excess: number): void {
  const list = document['subsegments']
  if (!Array.isArray(list)) return
  while (excess > 0 && list.length > 0) excess -= sizeOf(JSON.stringify(list.pop())) + 1
}

/** Cuts every string that is longer than `size` characters. */
function cutTexts(value: unknown, size: number): void {
  if (typeof value !== 'object' || value === null) return
  const object = value as MutableJson // arrays have their indexes as keys
  for (const [key, inner] of Object.entries(object)) {
    if (typeof inner === 'string' && inner.length > size) object[key] = inner.slice(0, size).toWellFormed() + '…'
    else cutTexts(inner, size)
  }
}

function cutList(object: unknown, key: string, size: number): void {
  if (!isObject(object)) return
  const list = object[key]
  if (Array.isArray(list) && list.length > size) object[key] = list.slice(0, size)
}

function sizeOf(text: string | undefined): number {
  return Buffer.byteLength(text ?? '')
}
