import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { DocumentBlock } from '../../src/component/batch.ts'
import { Spool } from '../../src/queue/spool.ts'
import { DocumentGroup } from '../../src/segment/document-group.ts'

const folder = mkdtempSync(join(tmpdir(), 'rontgen-spool-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let folders = 0

/** A folder for a spool, which goes when the tests are done. */
export function spoolFolder(): string {
  return join(folder, String(folders++))
}

/** A spool in a folder of its own. */
export function openTestSpool(dir = spoolFolder()): Spool {
  return new Spool({ dir, sync: 'normal' })
}

/** A block of documents. @param trace returns the hash of the trace of each */
export function blockOf(texts: readonly string[], trace: (i: number) => number = () => 0): DocumentBlock {
  const group = new DocumentGroup()
  texts.forEach((text, i) => {
    group.begin()
    group.writer.ascii(text)
    group.end(trace(i))
  })
  return group.take()
}

/** `d7`, `d8` and so on. */
export function documentNames(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `d${from + i}`)
}
