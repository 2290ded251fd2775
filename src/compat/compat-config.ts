/** A config of another program, converted. */
export interface CompatConfig {
  /** What config.ts would export; not checked yet. */
  readonly config: object
  /** What has no counterpart, one sentence each. */
  readonly notes: readonly string[]
}

/** A key of another program's config, and its counterpart. */
export interface CompatKey {
  /** Such as `traces.concurrency`, or `--bind`. */
  readonly key: string
  /** The key of config.ts with the same meaning. */
  readonly to?: string
  /** Why there is no counterpart, or how the two differ. */
  readonly note?: string
}

/** Sets the value at a path such as `export.xray.region`, and creates the objects on the way. */
export function putAt(object: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at = object
  for (const key of keys) {
    const inner = at[key]
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) at = inner as Record<string, unknown> // a plain object
    else {
      const created: Record<string, unknown> = {}
      at[key] = created
      at = created
    }
  }
  at[last] = value
}

/** The value at a path; undefined if there is none. */
export function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>(
    (at, key) => Object(at) === at ? Reflect.get(Object(at), key) : undefined,
    object,
  )
}

/** Parses an address such as `0.0.0.0:2000`, `:2000` or `[::1]:2000`. @throws {TypeError} if it is not one */
export function addressOf(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?([^\]]*?)\]?:(\d{1,5})$/.exec(text.trim()) ?? []
  if (port === '' || Number(port) > 65535) throw new TypeError(`"${text}" is not an address such as 127.0.0.1:2000`)
  return { host: host === '' ? '0.0.0.0' : host, port: Number(port) }
}
