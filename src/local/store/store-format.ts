import type { DatabaseFormat } from '../../sqlite/open-database.ts'

/** Version 1: traces, their documents, and what filters look up. */
const firstVersion = `
  CREATE TABLE traces (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, start REAL NOT NULL, duration REAL NOT NULL,
    response REAL NOT NULL, flags INTEGER NOT NULL, status INTEGER, method TEXT, url TEXT, name TEXT,
    settled INTEGER NOT NULL, facts BLOB NOT NULL);
  CREATE INDEX traces_by_start ON traces (start, key);
  CREATE TABLE parts (seq INTEGER PRIMARY KEY, trace INTEGER NOT NULL, documents BLOB NOT NULL);
  CREATE INDEX parts_by_trace ON parts (trace, seq);
  CREATE TABLE services (name TEXT, trace INTEGER, flags INTEGER NOT NULL, PRIMARY KEY (name, trace)) WITHOUT ROWID;
  CREATE TABLE annotations (key TEXT, value, trace INTEGER, PRIMARY KEY (key, value, trace)) WITHOUT ROWID;
  CREATE TABLE minutes (minute INTEGER PRIMARY KEY, graph BLOB NOT NULL);
  CREATE TABLE settings (kind TEXT, name TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, name))`

/** Version 2: OTLP requests; an index with the columns that filters compare, so that other rows are not read. */
const withRequests = `
  CREATE TABLE requests (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE origins (trace TEXT, request INTEGER, PRIMARY KEY (trace, request)) WITHOUT ROWID;
  CREATE INDEX origins_by_request ON origins (request);
  DROP INDEX traces_by_start;
  CREATE INDEX traces_by_start ON traces (start, key, duration, response, flags, status, url)`

/** Version 3: other names, and another content of the index, so that every trace is indexed again (state 0). */
const renamed = `
  ALTER TABLE traces RENAME COLUMN response TO response_time;
  ALTER TABLE traces RENAME COLUMN settled TO state;
  ALTER TABLE traces RENAME COLUMN facts TO trace_index;
  ALTER TABLE parts RENAME TO documents;
  ALTER TABLE documents RENAME COLUMN documents TO json;
  DROP INDEX parts_by_trace;
  CREATE INDEX documents_by_trace ON documents (trace, seq);
  ALTER TABLE origins RENAME TO trace_requests;
  DROP INDEX origins_by_request;
  CREATE INDEX trace_requests_by_request ON trace_requests (request);
  ALTER TABLE settings RENAME TO records;
  DELETE FROM services;
  DELETE FROM annotations;
  DELETE FROM minutes;
  UPDATE traces SET state = 0`

/**
 * Version 4: how much of a trace there is, which is bounded. Traces that a faulty client has made last longer than any can
 * are indexed again (state 2).
 */
const withSizes = `
  ALTER TABLE traces ADD COLUMN document_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE traces ADD COLUMN characters INTEGER NOT NULL DEFAULT 0;
  UPDATE traces SET state = 2 WHERE state = 1 AND (duration >= 34359738368 OR response_time >= 34359738368)`

/** How far a trace is: only written, indexed, or indexed before more documents of it came. */
export const TraceState = { written: 0, indexed: 1, changed: 2 } as const

/** The key of users in the table of annotations; no annotation has this name. */
export const USER_KEY = '\u0000user'

/** The tables of the local store. */
export const storeFormat: DatabaseFormat = {
  name: 'the local store',
  pragmas: { page_size: 16_384, journal_mode: 'WAL', synchronous: 'NORMAL', cache_size: -16_384 },
  steps: [firstVersion, withRequests, renamed, withSizes],
}
