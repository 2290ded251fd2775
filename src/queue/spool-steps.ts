/**
 * One step per version: what turns a spool of the version before into one of this version.
 *
 * - `blocks`: the documents of one commit, laid out as {@link DocumentBlock}
 * - `lanes`: the name of each exporter that documents ever waited for
 * - `waiting`: which block waits for which lane; a block goes when no lane needs it
 */
export const spoolSteps: readonly string[] = [
  `CREATE TABLE blocks (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, documents INTEGER NOT NULL,
     bytes BLOB NOT NULL, ends BLOB NOT NULL, traces BLOB NOT NULL);
   CREATE TABLE dead_letters (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, reason TEXT NOT NULL, document BLOB NOT NULL);
   CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL)`,
  `ALTER TABLE dead_letters ADD COLUMN message TEXT NOT NULL DEFAULT '';
   UPDATE dead_letters SET message = reason, reason = 'refused'`,
  // What waited before there were lanes waited for AWS X-Ray.
  `CREATE TABLE lanes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
   CREATE TABLE waiting (block INTEGER NOT NULL, lane INTEGER NOT NULL, PRIMARY KEY (block, lane)) WITHOUT ROWID;
   INSERT INTO lanes (id, name) VALUES (1, 'xray');
   INSERT INTO waiting (block, lane) SELECT id, 1 FROM blocks;
   ALTER TABLE dead_letters ADD COLUMN lane INTEGER NOT NULL DEFAULT 1;
   UPDATE dead_letters SET reason = 'rejected' WHERE reason = 'refused'`,
]
