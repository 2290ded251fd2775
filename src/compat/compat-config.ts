/** A config of another program in our words. */
export interface CompatConfig {
  /** As config.ts would have it; it is checked as such. */
  readonly config: object
  /** What of the other config has no counterpart, a sentence each. */
  readonly notes: readonly string[]
}

/** A key of another program's config, and what becomes of it. */
export interface CompatKey {
  /** Such as `traces.concurrency`, or `--bind`. */
  readonly key: string
  /** The key of config.ts that it becomes. */
  readonly to?: string
  /** Why it becomes nothing, or what else is to be known. */
  readonly said?: string
}

/** Puts a value at a path such as `export.xray.region` into an object; objects on the way are made. */
export function putAt(object: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at = object
  for (const key of keys) {
    const inner = at[key]
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) at = inner as Record<string, unknown> // made here
    else {
      const made: Record<string, unknown> = {}
      at[key] = made
      at = made
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

/** An address such as `0.0.0.0:2000`, `:2000` or `[::1]:2000`. @throws {TypeError} if it is none */
export function addressOf(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?([^\]]*?)\]?:(\d{1,5})$/.exec(text.trim()) ?? []
  if (port === '' || Number(port) > 65535) throw new TypeError(`"${text}" is no address such as 127.0.0.1:2000`)
  return { host: host === '' ? '0.0.0.0' : host, port: Number(port) }
}
