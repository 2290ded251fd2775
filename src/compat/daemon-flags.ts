import type { DaemonValues } from './daemon-config.ts'

/** A flag of the X-Ray daemon. */
export interface DaemonFlag {
  readonly short: string
  readonly long: string
  /** The key of cfg.yaml that says the same. */
  readonly key: string
  readonly kind: 'text' | 'number' | 'on'
  readonly value: string
  readonly summary: string
}

/** Every flag of the X-Ray daemon, besides --config, --version and --help. */
export const daemonFlags: readonly DaemonFlag[] = [
  {
    short: 'a',
    long: 'resource-arn',
    key: 'ResourceARN',
    kind: 'text',
    value: 'ARN',
    summary: 'ARN of what the agent runs on',
  },
  {
    short: 'b',
    long: 'bind',
    key: 'Socket.UDPAddress',
    kind: 'text',
    value: 'ADDRESS',
    summary: 'where X-Ray documents are taken by UDP',
  },
  {
    short: 't',
    long: 'bind-tcp',
    key: 'Socket.TCPAddress',
    kind: 'text',
    value: 'ADDRESS',
    summary: 'where the sampling proxy listens',
  },
  { short: 'f', long: 'log-file', key: 'Logging.LogPath', kind: 'text', value: 'FILE', summary: 'file of the log' },
  {
    short: 'l',
    long: 'log-level',
    key: 'Logging.LogLevel',
    kind: 'text',
    value: 'LEVEL',
    summary: 'dev, debug, info, warn, error or prod',
  },
  {
    short: 'm',
    long: 'buffer-memory',
    key: 'TotalBufferSizeMB',
    kind: 'number',
    value: 'MB',
    summary: 'memory for what waits; the rest waits on disk',
  },
  {
    short: 'n',
    long: 'region',
    key: 'Region',
    kind: 'text',
    value: 'REGION',
    summary: 'send to AWS X-Ray in this region',
  },
  {
    short: 'o',
    long: 'local-mode',
    key: 'LocalMode',
    kind: 'on',
    value: '',
    summary: 'do not ask the EC2 metadata service for the region',
  },
  {
    short: 'p',
    long: 'proxy-address',
    key: 'ProxyAddress',
    kind: 'text',
    value: 'URL',
    summary: 'HTTP proxy to AWS',
  },
  { short: 'r', long: 'role-arn', key: 'RoleARN', kind: 'text', value: 'ARN', summary: 'role to take on' },
]

/** Flags that say by themselves that the daemon's place is taken: ours have other names, or none of this form. */
const own = new Set(['resource-arn', 'bind', 'bind-tcp', 'log-file', 'buffer-memory', 'local-mode', 'proxy-address'])

/** Flags of the daemon, and what they leave of the command line. */
export interface ReadFlags {
  readonly values: DaemonValues
  /** The file that -c names. */
  readonly config: string | undefined
  readonly asks: 'version' | 'help' | undefined
}

/**
 * Reads a command line as Go's `flag` does: `-n us-west-2`, `--bind=…`, `-o=false`.
 *
 * @returns undefined if it is no command line of the X-Ray daemon
 * @throws {TypeError} if it is one that cannot be read
 */
export function readDaemonFlags(argv: readonly string[]): ReadFlags | undefined {
  if (!isDaemonLine(argv)) return undefined
  const values = new Map<string, unknown>()
  let config: string | undefined
  let asks: ReadFlags['asks']
  for (let i = 0; i < argv.length; i++) {
    const [, name = '', , inline] = /^--?([a-z][a-z-]*)(=(.*))?$/s.exec(argv[i] ?? '') ?? []
    const flag = daemonFlags.find(({ short, long }) => name === short || name === long)
    if (name === 'v' || name === 'version') asks = 'version'
    else if (name === 'h' || name === 'help') asks = 'help'
    else if (flag?.kind === 'on') values.set(flag.key, readBoolean(name, inline ?? 'true'))
    else {
      const value = inline ?? argv[++i]
      if (value === undefined) throw new TypeError(`-${name} needs a value`)
      if (name === 'c' || name === 'config') config = value
      else if (flag === undefined) {
        throw new TypeError(`"${argv[inline === undefined ? i - 1 : i]}" is no flag of the X-Ray daemon`)
      } else values.set(flag.key, flag.kind === 'number' ? readNumber(name, value) : value)
    }
  }
  return { values, config, asks }
}

/** Whether it has a flag that is the daemon's alone: `-n`, `-region`, `--bind`; `--region` and `-c` are ours as well. */
function isDaemonLine(argv: readonly string[]): boolean {
  return argv.some((arg) => {
    const [, dashes, name = ''] = /^(--?)([a-z][a-z-]*)(=.*)?$/s.exec(arg) ?? []
    if (dashes === undefined || name === 'c' || name === 'h' || name === 'v') return false
    const flag = daemonFlags.find(({ short, long }) => name === short || name === long)
    return flag !== undefined && (own.has(flag.long) || dashes === '-')
  })
}

function readBoolean(name: string, value: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true
  if (/^(0|f|false)$/i.test(value)) return false
  throw new TypeError(`-${name} is to be true or false, not "${value}"`)
}

function readNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new TypeError(`-${name} is to be a number, not "${value}"`)
  return Number(value)
}
