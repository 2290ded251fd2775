import type { DaemonValues } from './daemon-config.ts'

/** A flag of the X-Ray daemon. */
export interface DaemonFlag {
  readonly short: string
  readonly long: string
  /** The key of cfg.yaml with the same meaning. */
  readonly key: string
  readonly kind: 'text' | 'number' | 'on'
  readonly value: string
  readonly summary: string
}

/** Every flag of the X-Ray daemon, except --config, --version and --help. */
export const daemonFlags: readonly DaemonFlag[] = [
  {
    short: 'a',
    long: 'resource-arn',
    key: 'ResourceARN',
    kind: 'text',
    value: 'ARN',
    summary: 'ARN of the AWS resource that the agent runs on',
  },
  {
    short: 'b',
    long: 'bind',
    key: 'Socket.UDPAddress',
    kind: 'text',
    value: 'ADDRESS',
    summary: 'address to receive segment documents on, over UDP',
  },
  {
    short: 't',
    long: 'bind-tcp',
    key: 'Socket.TCPAddress',
    kind: 'text',
    value: 'ADDRESS',
    summary: 'address of the sampling proxy',
  },
  {
    short: 'f',
    long: 'log-file',
    key: 'Logging.LogPath',
    kind: 'text',
    value: 'FILE',
    summary: 'file to write the log to',
  },
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
    summary: 'memory for queued documents; the rest stays on disk',
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
    summary: 'HTTP proxy for requests to AWS',
  },
  { short: 'r', long: 'role-arn', key: 'RoleARN', kind: 'text', value: 'ARN', summary: 'IAM role to assume' },
]

/** Flags that only the daemon has: those of rontgen have other names, or no single dash. */
const daemonOnly = new Set([
  'resource-arn',
  'bind',
  'bind-tcp',
  'log-file',
  'buffer-memory',
  'local-mode',
  'proxy-address',
])

/** What a command line of the X-Ray daemon says. */
export interface DaemonLine {
  readonly values: DaemonValues
  /** The file that -c names. */
  readonly config?: string | undefined
  /** What it asks for instead of a run. */
  readonly asks?: 'version' | 'help' | undefined
}

/**
 * Reads a command line as Go's `flag` does: `-n us-west-2`, `--bind=…`, `-o=false`.
 *
 * @returns undefined if it is not a command line of the X-Ray daemon
 * @throws {TypeError} if it is one, and a flag is unknown or has an invalid value
 */
export function readDaemonLine(argv: readonly string[]): DaemonLine | undefined {
  if (!isDaemonLine(argv)) return undefined
  const values = new Map<string, unknown>()
  let config: string | undefined
  let asks: DaemonLine['asks']
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
        throw new TypeError(`"${argv[inline === undefined ? i - 1 : i]}" is not a flag of the X-Ray daemon`)
      } else values.set(flag.key, flag.kind === 'number' ? readNumber(name, value) : value)
    }
  }
  return { values, config, asks }
}

/** True if a flag is the daemon's alone: `-n`, `-region`, `--bind`; rontgen has `--region` and `-c` too. */
function isDaemonLine(argv: readonly string[]): boolean {
  return argv.some((arg) => {
    const [, dashes, name = ''] = /^(--?)([a-z][a-z-]*)(=.*)?$/s.exec(arg) ?? []
    if (dashes === undefined || name === 'c' || name === 'h' || name === 'v') return false
    const flag = daemonFlags.find(({ short, long }) => name === short || name === long)
    return flag !== undefined && (daemonOnly.has(flag.long) || dashes === '-')
  })
}

function readBoolean(name: string, value: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true
  if (/^(0|f|false)$/i.test(value)) return false
  throw new TypeError(`-${name} must be true or false, not "${value}"`)
}

function readNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new TypeError(`-${name} must be a number, not "${value}"`)
  return Number(value)
}
