import { configure, getLogger, type Logger, type LogRecord, type Sink } from '@logtape/logtape'
import { errorMessage } from '../errors/error-message.ts'
import { createPrivateFile } from '../files/create-private-file.ts'

/** The log levels, the least severe first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const
/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]
const tapeLevels = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const

/** Where the log goes. */
export interface LogSettings {
  readonly logLevel: LogLevel
  /** File to write the log to; undefined for stderr. */
  readonly logFile?: string | undefined
  /** Whether a new file is started at 50 MiB, and one old file kept. */
  readonly logRotation: boolean
}

/** Size at which a new log file is started, in bytes. */
const MAX_FILE_BYTES = 50 << 20

/** Sets up the log: one line per record, with time, level and message. @throws {Error} if the file cannot be written */
export async function startLog({ logLevel, logFile, logRotation }: LogSettings): Promise<Logger> {
  const sink = logFile === undefined
    ? (record: LogRecord): void => void process.stderr.write(format(record))
    : await fileSink(logFile, logRotation)
  await configure({
    reset: true,
    sinks: { sink },
    loggers: [
      { category: ['rontgen'], lowestLevel: tapeLevels[logLevel], sinks: ['sink'] },
      { category: ['logtape', 'meta'], lowestLevel: 'warning', sinks: ['sink'] },
    ],
  })
  return getLogger(['rontgen'])
}

async function fileSink(file: string, isRotated: boolean): Promise<Sink> {
  try {
    createPrivateFile(file)
    const { getFileSink, getRotatingFileSink } = await import('@logtape/file')
    const options = { formatter: format, bufferSize: 0 }
    return isRotated
      ? getRotatingFileSink(file, { ...options, maxSize: MAX_FILE_BYTES, maxFiles: 2 })
      : getFileSink(file, options)
  } catch (cause) {
    throw new Error(`Cannot write the log to "${file}": ${errorMessage(cause)}`, { cause })
  }
}

function format(record: LogRecord): string {
  const level = record.level === 'warning' ? 'WARN' : record.level.toUpperCase()
  // Braces are text here: what a backend answered must not be taken for a template.
  const text = typeof record.rawMessage === 'string' ? record.rawMessage : record.message.map(String).join('')
  return `${new Date(record.timestamp).toISOString()} ${level.padEnd(5)} ${text}\n`
}
