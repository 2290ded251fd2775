import type { DatabaseFormat } from '../sqlite/open-database.ts'

/**
 * A new spool.
 *
 * - `blocks`: the documents of one commit, laid out as {@link DocumentBlock}. `lane` is the only lane that a block waits
 *   for, and NULL if `waiting` says for which ones
 * - `waiting`: which block waits for which of several lanes. It is a table of its own, so a commit for several lanes writes
 *   a second page, and one for a single lane does not. A block goes when no lane needs it
 * - `lanes`: the name of each exporter that documents ever waited for
 * - `state`: `last_id`, the last id that was used for a block
 */
const schema = `
  CREATE TABLE blocks (id INTEGER PRIMARY KEY, lane INTEGER, created INTEGER NOT NULL, documents INTEGER NOT NULL,
    bytes BLOB NOT NULL, ends BLOB NOT NULL, traces BLOB NOT NULL);
  CREATE TABLE waiting (block INTEGER NOT NULL, lane INTEGER NOT NULL, PRIMARY KEY (block, lane)) WITHOUT ROWID;
  CREATE TABLE lanes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE dead_letters (id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, time INTEGER NOT NULL, reason TEXT NOT NULL,
    message TEXT NOT NULL, document BLOB NOT NULL);
  CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL)`

/** One step per version: what turns a spool of the version before into one of this version. */
const steps: readonly string[] = [
  `CREATE TABLE blocks (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, documents INTEGER NOT NULL,
     bytes BLOB NOT NULL, ends BLOB NOT NULL, traces BLOB NOT NULL);
   CREATE TABLE dead_letters (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, reason TEXT NOT NULL, document BLOB NOT NULL);
   CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL)`,
  `ALTER TABLE dead_letters ADD COLUMN message TEXT NOT NULL DEFAULT '';
   UPDATE dead_letters SET message = reason, reason = 'refused'`,
  // What waited before there were lanes waited for AWS X-Ray. The column comes last, so after the documents, where
  // it takes longer to read; but to copy a gigabyte takes longer, and a full disk has no room for it.
  `CREATE TABLE lanes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
   CREATE TABLE waiting (block INTEGER NOT NULL, lane INTEGER NOT NULL, PRIMARY KEY (block, lane)) WITHOUT ROWID;
   INSERT INTO lanes (id, name) VALUES (1, 'xray');
   ALTER TABLE blocks ADD COLUMN lane INTEGER DEFAULT 1;
   ALTER TABLE dead_letters ADD COLUMN lane INTEGER NOT NULL DEFAULT 1;
   UPDATE dead_letters SET reason = 'rejected' WHERE reason = 'refused'`,
]

const PAGE_BYTES = 32_768
const MIN_LOG_PAGES = 8
/** Bytes that the log holds at most before what is in it moves into the file, but for one large commit. */
export const LOG_BYTES = 16 << 20

/**
 * What the spool's database holds, and how it is opened: exclusively, so that a second agent on the same folder refuses to
 * start. Pages of 32 KB cost half of what those of 4 KB do.
 *
 * @param sync `full` survives a loss of power, `normal` the end of the process at any instant
 * @param journal `MEMORY` has no file next to the database, and loses it if the process ends in the middle of a write
 * @param logBytes what the log may hold
 */
export function spoolFormat(
  sync: 'normal' | 'full',
  journal: 'WAL' | 'MEMORY' = 'WAL',
  logBytes = LOG_BYTES,
): DatabaseFormat {
  return {
    name: 'the spool',
    pragmas: {
      page_size: PAGE_BYTES,
      journal_mode: journal,
      synchronous: sync,
      wal_autocheckpoint: Math.max(MIN_LOG_PAGES, Math.floor(logBytes / PAGE_BYTES)),
      cache_size: -12_288,
    },
    steps,
    schema,
    isExclusive: true,
    lockedHint: 'give this one a queue.dir of its own',
  }
}
