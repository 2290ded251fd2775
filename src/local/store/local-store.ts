import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { assembleParts, assembleTrace, readDocument, type Trace } from '../../trace/assemble-trace.ts'
import { type Json, textOf } from '../../bytes/json.ts'
import { indexTrace } from '../../trace/index-trace.ts'
import { USER_KEY } from './filter-to-sql.ts'
import { findTraces, parseFacts } from './find-traces.ts'
import { flagsOf } from './flags-of.ts'
import { attempt } from '../../errors/attempt.ts'
import { collectGarbage } from '../../platform/collect-garbage.ts'
import { databaseFault } from '../../sqlite/database-fault.ts'
import { MinuteGraphs } from './minute-graphs.ts'
import { openStore, openStoreAnyhow, setStoreAside } from './open-store.ts'
import { SourceRequests } from './source-requests.ts'
import { compressText, decompressText } from '../../sqlite/compress.ts'
import { ServiceGraph } from '../../trace/service-graph.ts'
import { Statements } from './statements.ts'
import type { TraceIndex } from '../../trace/trace-index.ts'
import type { TracePage, TraceQuery } from './trace-query.ts'

/** How the local store is kept. */
export interface StoreSettings {
  /** Its file; `:memory:` keeps it in memory. */
  readonly file: string
  /** The oldest traces go when the file holds more, in bytes. */
  readonly maxBytes: number
  /** Traces that began longer ago go, in milliseconds. */
  readonly maxAgeMs: number
  /** Is told when traces cannot be worked out or removed; it is tried again. */
  readonly failed: (error: unknown) => void
  /** Is told when there is something new to see. */
  readonly changed?: () => void
}

interface Dirty {
  readonly key: number
  /** What came since, as it was read. */
  readonly parts: Json[]
  readonly isNew: boolean
}

/** How far a trace is: its documents are written, it is worked out and counted, or more came since it was. */
const State = { begun: 0, settled: 1, changed: 2 } as const
/** What was received becomes visible after so long, in milliseconds, or at the next question. */
const SETTLE_MS = 500
/** Traces that wait to be settled at most. */
const MOST_DIRTY = 2000
/** How often it is looked whether old traces have to go, in milliseconds. */
const SWEEP_MS = 30_000
/** After so many characters of documents, garbage is collected: parsed documents are large, and short-lived. */
const COLLECT_CHARACTERS = 16 << 20

/**
 * Keeps traces on this machine, as they were received, and answers questions about them. Documents are written at once;
 * what is known of a trace is worked out a moment later, and again whenever more of it comes.
 */
export class LocalStore {
  #db: DatabaseSync
  readonly #statements = new Statements(() => this.#db)
  readonly #minutes = new MinuteGraphs(this.#statements)
  readonly #origins = new SourceRequests(this.#statements)
  readonly #dirty = new Map<string, Dirty>()
  readonly #sweeper: ReturnType<typeof setInterval>
  /** Characters of documents that came since garbage was last collected. */
  #sinceCollected = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  /** @throws {Error} if the file cannot be opened */
  constructor(private readonly settings: StoreSettings) {
    this.#db = openStoreAnyhow(settings.file, settings.failed)
    this.#recover()
    this.#sweeper = setInterval(() => this.#attempt(() => this.sweep()), SWEEP_MS)
    this.#sweeper.unref()
  }

  /** The statements of its database, for those who read more of it. */
  get statements(): Statements {
    return this.#statements
  }

  /** The table of settings, for sampling rules and groups. */
  get db(): DatabaseSync {
    return this.#db
  }

  /**
   * Takes documents, and gives for each whether it has a trace id; those without one are not kept.
   *
   * @throws {Error} if they cannot be written; then none of them is
   */
  put(documents: readonly string[]): boolean[] {
    try {
      return this.#put(documents)
    } catch (error) {
      if (databaseFault(error) !== 'damaged' || this.settings.file === ':memory:') throw error
      this.#renew(error)
      return this.#put(documents)
    }
  }

  /** Begins a new file, as the one that is there is damaged: traces of the past must not keep new ones out. */
  #renew(cause: unknown): void {
    attempt(() => this.#db.close())
    const aside = setStoreAside(this.settings.file)
    this.#statements.clear()
    this.#minutes.forget()
    this.#origins.forget()
    this.#dirty.clear()
    this.#db = openStore(this.settings.file)
    this.settings.failed(new Error(`It is damaged, was moved to "${aside}", and a new one is in use`, { cause }))
  }

  #put(documents: readonly string[]): boolean[] {
    const byTrace = new Map<string, { documents: string[]; parts: Json[] }>()
    const taken = documents.map((document) => {
      const parts = readDocument(document)
      const id = textOf(parts[0]?.['trace_id'])
      if (id === undefined) return false
      const known = byTrace.get(id) ?? { documents: [], parts: [] }
      byTrace.set(id, known)
      known.parts.push(...parts)
      known.documents.push(document)
      return true
    })
    const begun = new Map<string, Dirty>()
    this.#atomically(() => {
      this.#origins.write()
      for (const [id, { documents: list }] of byTrace) {
        const dirty = this.#dirty.get(id) ?? this.#begin(id)
        begun.set(id, dirty)
        this.#sql('INSERT INTO parts (trace, documents) VALUES (?, ?)').run(
          dirty.key,
          compressText(JSON.stringify(list)),
        )
      }
    })
    for (const document of documents) this.#sinceCollected += document.length
    for (const [id, dirty] of begun) {
      dirty.parts.push(...byTrace.get(id)?.parts ?? [])
      this.#dirty.set(id, dirty)
    }
    if (this.#dirty.size > MOST_DIRTY) this.settle()
    else if (this.#dirty.size > 0) this.#timer ??= setTimeout(() => this.#attempt(() => this.settle()), SETTLE_MS)
    return taken
  }

  /** Keeps the OTLP request that traces came by. @param traces their ids, in X-Ray's form */
  keepRequest(request: Uint8Array, traces: readonly string[]): void {
    if (this.#origins.keep(request, traces)) this.#writeOrigins()
  }

  /** The OTLP requests that a trace came by, as far as they were kept. @param id X-Ray's form */
  requestsOf(id: string): Uint8Array[] {
    this.#writeOrigins()
    return this.#origins.of(id)
  }

  #writeOrigins(): void {
    this.#attempt(() => this.#atomically(() => this.#origins.write()))
    // Those that cannot be written do not fill the memory.
    this.#origins.forget()
  }

  #begin(id: string): Dirty {
    const known = this.#sql('SELECT key FROM traces WHERE id = ?').get(id)
    if (known === undefined) return this.#insertTrace(id)
    const key = Number(known['key'])
    const change = this.#sql('UPDATE traces SET settled = ? WHERE key = ? AND settled = ?')
    change.run(State.changed, key, State.settled)
    return { key, parts: [], isNew: false }
  }

  #insertTrace(id: string): Dirty {
    // Until it is settled it lies outside of every time.
    const { lastInsertRowid } = this.#sql(
      "INSERT INTO traces (id, start, duration, response, flags, settled, facts) VALUES (?, -1, 0, 0, 0, 0, '')",
    ).run(id)
    return { key: Number(lastInsertRowid), parts: [], isNew: true }
  }

  /** Works out what is known of traces that changed. */
  settle(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#dirty.size === 0) return
    const dirty = [...this.#dirty]
    this.#atomically(() => {
      for (const [id, { key, parts, isNew }] of dirty) {
        this.#attempt(() => this.#settleTrace(id, key, isNew ? parts : undefined))
      }
      this.#minutes.write()
    })
    this.#dirty.clear()
    this.settings.changed?.()
    if (this.#sinceCollected > COLLECT_CHARACTERS) {
      this.#sinceCollected = 0
      collectGarbage()
    }
  }

  #attempt(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.settings.failed(error)
    }
  }

  #settleTrace(id: string, key: number, parts: readonly Json[] | undefined): void {
    const before = this.#sql('SELECT facts, settled FROM traces WHERE key = ?').get(key)
    if (before === undefined) return
    const facts = indexTrace(
      parts === undefined ? assembleTrace(id, this.#documentsOf(key)) : assembleParts(id, parts),
    )
    if (Number(before['settled']) !== State.begun) this.#uncount(key, parseFacts(before['facts']))
    this.#minutes.at(facts.start).count(facts, 1)
    const entry = facts.occurrences[facts.entry]
    this.#sql(
      'UPDATE traces SET start = ?, duration = ?, response = ?, flags = ?, status = ?, method = ?, url = ?, name = ?, settled = 1, facts = ? WHERE key = ?',
    ).run(
      facts.start,
      facts.duration,
      facts.responseTime,
      flagsOf(entry, facts.partial),
      entry?.status ?? null,
      entry?.method ?? null,
      entry?.url ?? null,
      entry?.name ?? null,
      compressText(JSON.stringify(facts)),
      key,
    )
    this.#index(key, facts)
  }

  #uncount(key: number, facts: TraceIndex): void {
    this.#minutes.at(facts.start).count(facts, -1)
    this.#sql('DELETE FROM services WHERE trace = ? AND name IN (SELECT value FROM json_each(?))').run(
      key,
      JSON.stringify([...new Set(facts.occurrences.map(({ name }) => name))]),
    )
    this.#eachAnnotation(facts, 'DELETE FROM annotations WHERE key = ? AND value = ? AND trace = ?', key)
  }

  #index(key: number, facts: TraceIndex): void {
    const services = new Map<string, number>()
    for (const one of facts.occurrences) {
      services.set(one.name, (services.get(one.name) ?? 0) | flagsOf(one, one.partial))
    }
    const insert = this.#sql('INSERT OR REPLACE INTO services (name, trace, flags) VALUES (?, ?, ?)')
    for (const [name, flags] of services) insert.run(name, key, flags)
    this.#eachAnnotation(facts, 'INSERT OR IGNORE INTO annotations (key, value, trace) VALUES (?, ?, ?)', key)
  }

  /** Users are found as annotations are. */
  #eachAnnotation(facts: TraceIndex, sql: string, trace: number): void {
    const statement = this.#sql(sql)
    for (const { annotations, user } of facts.occurrences) {
      if (user !== undefined) statement.run(USER_KEY, user, trace)
      for (const [key, value] of Object.entries(annotations)) {
        statement.run(key, typeof value === 'boolean' ? Number(value) : value, trace)
      }
    }
  }

  #documentsOf(key: number): string[] {
    const rows = this.#sql('SELECT documents FROM parts WHERE trace = ? ORDER BY seq').all(key)
    return rows.flatMap((row): string[] => JSON.parse(decompressText(row['documents'])))
  }

  /** A trace as it was received; undefined if it is not there. @param id X-Ray's form */
  trace(id: string): Trace | undefined {
    this.settle()
    const row = this.#sql('SELECT key FROM traces WHERE id = ?').get(id)
    if (row === undefined) return undefined
    return assembleTrace(id, this.#documentsOf(Number(row['key'])))
  }

  /** Traces that began in a span of time, the newest first. */
  find(query: TraceQuery): TracePage {
    this.settle()
    return findTraces(this.#statements, query)
  }

  /** The map of a span of time, to whole minutes. @param from Unix seconds */
  graph(from: number, to: number): ServiceGraph {
    const graph = new ServiceGraph()
    for (const { graph: minute } of this.minutes(from, to)) graph.add(minute)
    return graph
  }

  /** The map of each minute in a span of time. */
  minutes(from: number, to: number): { minute: number; graph: ServiceGraph }[] {
    this.settle()
    return this.#minutes.between(from, to)
  }

  /** Removes traces that are too old, and the oldest ones while there are too many bytes. Gives how many went. */
  sweep(): number {
    this.settle()
    const oldest = (Date.now() - this.settings.maxAgeMs) / 1000
    let gone = this.#removeOldest('start < ?', oldest)
    while (this.bytes() > this.settings.maxBytes) {
      const count = this.traces()
      if (count === 0) break
      gone += this.#removeOldest('key IN (SELECT key FROM traces ORDER BY start LIMIT ?)', Math.ceil(count / 50))
    }
    return gone
  }

  #removeOldest(condition: string, parameter: number): number {
    return this.#atomically(() => {
      const rows = this.#sql(`DELETE FROM traces WHERE ${condition} RETURNING key, id, facts`).all(parameter)
      if (rows.length === 0) return 0
      const keys = JSON.stringify(rows.map((row) => Number(row['key'])))
      this.#sql('DELETE FROM parts WHERE trace IN (SELECT value FROM json_each(?))').run(keys)
      for (const row of rows) this.#uncount(Number(row['key']), parseFacts(row['facts']))
      this.#minutes.write()
      const first = this.#sql('SELECT min(start) AS start FROM traces').get()?.['start'] ?? Date.now() / 1000
      this.#minutes.removeBefore(Number(first))
      this.#origins.remove(rows.map((row) => String(row['id'])))
      return rows.length
    })
  }

  /** Bytes that traces take. */
  bytes(): number {
    const pragma = (name: string): number => Number(this.#sql(`PRAGMA ${name}`).get()?.[name] ?? 0)
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  }

  /** Whether there is any trace. */
  hasTraces(): boolean {
    return this.#sql('SELECT 1 FROM traces LIMIT 1').get() !== undefined
  }

  /** How many traces there are. */
  traces(): number {
    return Number(this.#sql('SELECT count(*) AS count FROM traces').get()?.['count'])
  }

  /** Traces whose documents were written, and that a killed process did not settle. */
  #recover(): void {
    for (const row of this.#sql('SELECT key, id FROM traces WHERE settled <> ?').all(State.settled)) {
      const key = Number(row['key'])
      this.#dirty.set(String(row['id']), { key, parts: this.#documentsOf(key).flatMap(readDocument), isNew: true })
    }
    this.settle()
  }

  #sql(text: string): StatementSync {
    return this.#statements.prepare(text)
  }

  #atomically<T>(act: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = act()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#minutes.forget()
      // A full disk ends the transaction by itself.
      attempt(() => this.#db.exec('ROLLBACK'))
      throw error
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#sweeper)
    this.settle()
    this.#db.close()
  }
}
