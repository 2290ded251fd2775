/** What operators change on a host without touching the config: a flag, and a variable of the environment. */
export interface OverrideOption {
  readonly flag: string
  readonly env: string
  /** Paths in the config that get the value. */
  readonly paths: readonly string[]
  readonly kind: 'text' | 'number' | 'on'
  readonly value: string
  readonly summary: string
}

/** A value for a path of the config. */
export interface Override {
  readonly path: string
  readonly value: unknown
  /** The flag or variable that says it. */
  readonly source: string
}

const receiver = (flag: string, path: string, what: string): OverrideOption => ({
  flag: `${flag}-port`,
  env: `RONTGEN_${flag.replaceAll('-', '_').toUpperCase()}_PORT`,
  paths: [`receive.${path}.port`],
  kind: 'number',
  value: 'PORT',
  summary: `port of ${what}`,
})

/** Every override, in the order of `--help`. */
export const overrideOptions: readonly OverrideOption[] = [
  {
    flag: 'region',
    env: 'RONTGEN_REGION',
    paths: ['export.xray.region'],
    kind: 'text',
    value: 'REGION',
    summary: 'send to AWS X-Ray in this region',
  },
  {
    flag: 'endpoint',
    env: 'RONTGEN_ENDPOINT',
    paths: ['export.xray.endpoint'],
    kind: 'text',
    value: 'URL',
    summary: 'send to X-Ray at this URL',
  },
  {
    flag: 'role-arn',
    env: 'RONTGEN_ROLE_ARN',
    paths: ['export.xray.roleArn'],
    kind: 'text',
    value: 'ARN',
    summary: 'role to take on',
  },
  {
    flag: 'host',
    env: 'RONTGEN_HOST',
    paths: ['receive.otlp.grpc.host', 'receive.otlp.http.host', 'receive.xray.udp.host', 'receive.xray.proxy.host'],
    kind: 'text',
    value: 'ADDRESS',
    summary: 'address that every receiver listens on',
  },
  receiver('otlp-grpc', 'otlp.grpc', 'OTLP over gRPC'),
  receiver('otlp-http', 'otlp.http', 'OTLP over HTTP'),
  receiver('xray-udp', 'xray.udp', 'X-Ray documents by UDP'),
  receiver('xray-proxy', 'xray.proxy', 'the sampling proxy'),
  {
    flag: 'admin-port',
    env: 'RONTGEN_ADMIN_PORT',
    paths: ['admin.port'],
    kind: 'number',
    value: 'PORT',
    summary: 'port of status, metrics and dead letters',
  },
  {
    flag: 'queue-dir',
    env: 'RONTGEN_QUEUE_DIR',
    paths: ['queue.dir'],
    kind: 'text',
    value: 'DIR',
    summary: 'folder of the spool',
  },
  {
    flag: 'documents',
    env: 'RONTGEN_DOCUMENTS',
    paths: ['export.console.documents'],
    kind: 'on',
    value: '',
    summary: 'print the segment documents, as JSON lines',
  },
  {
    flag: 'log-level',
    env: 'RONTGEN_LOG_LEVEL',
    paths: ['logLevel'],
    kind: 'text',
    value: 'LEVEL',
    summary: 'debug, info, warn or error',
  },
]

/** What flags and variables say; a flag wins over its variable. */
export function readOverrides(flags: Record<string, unknown>, env: Record<string, string | undefined>): Override[] {
  const found: Override[] = []
  for (const { flag, env: variable, paths, kind } of overrideOptions) {
    const given = flags[flag] ?? (env[variable] || undefined)
    if (given === undefined) continue
    const value = kind === 'number' && /^\d+$/.test(String(given))
      ? Number(given)
      : kind === 'on'
      ? given !== 'false'
      : given
    const source = flags[flag] === undefined ? variable : `--${flag}`
    for (const path of paths) found.push({ path, value, source })
  }
  return found
}

/** A copy of the config with the overrides in it; a receiver that the config turns off stays off. */
export function applyOverrides(config: object, overrides: readonly Override[]): object {
  let result: object = config
  for (const { path, value } of overrides) result = put(result, path.split('.'), value)
  return result
}

function put(object: object, path: readonly string[], value: unknown): object {
  const [key = '', ...rest] = path
  const old: unknown = Reflect.get(object, key)
  if (rest.length === 0) return { ...object, [key]: value }
  if (old === false && key !== 'xray' && key !== 'console') return object
  const inner = typeof old === 'object' && old !== null ? old : {}
  return { ...object, [key]: put(inner, rest, value) }
}
