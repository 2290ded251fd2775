import { configure, getLogger, type Logger, type LogRecord } from '@logtape/logtape'

/** The levels that `--log-level` takes, from much to little. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const
/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]
const tapeLevels = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const

/** Sends the log to stderr, a line each: time, level, message. */
export async function startLog(level: LogLevel): Promise<Logger> {
  await configure({
    reset: true,
    sinks: { stderr: (record: LogRecord) => void process.stderr.write(format(record)) },
    loggers: [
      { category: ['rontgen'], lowestLevel: tapeLevels[level], sinks: ['stderr'] },
      { category: ['logtape', 'meta'], lowestLevel: 'warning', sinks: ['stderr'] },
    ],
  })
  return getLogger(['rontgen'])
}

function format(record: LogRecord): string {
  const level = record.level === 'warning' ? 'WARN' : record.level.toUpperCase()
  const text = record.message.map(String).join('')
  return `${new Date(record.timestamp).toISOString()} ${level.padEnd(5)} ${text}\n`
}
