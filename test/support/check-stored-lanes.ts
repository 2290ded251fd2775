import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { spoolPath } from '../../src/queue/spool-file.ts'

/** Checks a spool that no agent has open: each block waits for one lane, or for some of several, and nothing else waits. */
export function checkStoredLanes(dir: string): void {
  const db = new DatabaseSync(spoolPath(dir))
  // A file that could not be written has no tables.
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_master').get() ?? {}
  const wrong = tables === 0 ? [] : db.prepare(
    `SELECT id FROM blocks WHERE (lane IS NULL) <> EXISTS (SELECT 1 FROM waiting WHERE block = id)
       UNION ALL SELECT block FROM waiting WHERE block NOT IN (SELECT id FROM blocks)`,
  ).all()
  db.close()
  assert.deepEqual(wrong, [])
}
