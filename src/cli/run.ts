import { startAgent } from '../agent.ts'
import type { Settings } from '../config/schema.ts'
import { Events } from '../telemetry/events.ts'
import { startLog } from '../telemetry/start-log.ts'
import { type Command, type CommandContext, Exit } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Runs the agent until it is told to stop. */
export const run: Command = {
  name: 'run',
  summary: 'run the agent (what rontgen does by itself)',
  args: '',
  details:
    'Takes OTLP on 4317 (gRPC) and 4318 (HTTP) and X-Ray documents on 2000 (UDP), and brings them to AWS X-Ray if the\n' +
    'config asks for it; else prints a line a trace. SIGTERM or Ctrl-C stops it: what waits is delivered first.',
  options: configOptions,
  async run(context) {
    const { settings } = await loadFrom({ ...context, args: [] })
    return await runAgent(settings, context)
  },
}

async function runAgent(settings: Settings, { env, print }: CommandContext): Promise<number> {
  const events = new Events(await startLog(settings.logLevel))
  const signals = listenForSignals()
  const agent = await startAgent(settings, { events, env, print })
  await signals.first
  const { stopTimeout } = settings.queue
  events.stopping(stopTimeout / 1000)
  const left = await agent.stop(AbortSignal.any([AbortSignal.timeout(stopTimeout), signals.second]))
  events.stopped(left)
  return Exit.ok
}

/** The first signal asks for a stop, the second one for a stop at once. */
function listenForSignals(): { first: Promise<void>; second: AbortSignal } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const second = new AbortController()
  let count = 0
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (count++ === 0) resolve()
      else second.abort()
    })
  }
  return { first: promise, second: second.signal }
}
