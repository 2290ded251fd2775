import * as v from 'valibot'
import { addressOfInstance, receiverInstances } from '../config/receiver-instances.ts'
import { configSchema } from '../config/schema.ts'
import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { type Agent, startAgent } from '../agent/agent.ts'
import { NotifySystemd } from '../service/notify-systemd.ts'
import { watchFile } from '../platform/watch-file.ts'
import { writeStdout } from '../platform/write-stdout.ts'
import { Events } from '../telemetry/events.ts'
import { startLog } from '../telemetry/start-log.ts'
import { type Command, type CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Runs the agent until it is asked to stop. */
export const run: Command = {
  name: 'run',
  summary: 'run the agent (what rontgen does by itself)',
  args: '',
  get details() {
    return 'Receives\n' +
      listenLines() +
      'and exports to AWS X-Ray if the config asks for it; else keeps traces on this machine and prints one line per\n' +
      'trace. SIGTERM or Ctrl-C stops it: what waits is delivered first, and a second one stops at once. A change of the\n' +
      'config file, or SIGHUP, reloads it; an invalid one changes nothing.'
  },
  options: configOptions,
  async run(context) {
    const loaded = await loadFrom({ ...context, args: [] })
    const { settings, file, notes } = loaded
    const { env } = context
    const events = new Events(await startLog(settings))
    for (const note of notes) events.configNote(note)
    const signals = listenForSignals()
    // One that comes before there is anything to reload must neither end the process nor be lost.
    let isEarly = false
    let reload = (): void => void (isEarly = true)
    process.on('SIGHUP', () => reload())
    const agent = await startAgent(loaded, { events, env, print: writeStdout })
    reload = reloader(agent, events, context)
    if (isEarly) reload()
    const unwatch = file === undefined ? undefined : watchFile(file, reload)
    const systemd = new NotifySystemd(env)
    systemd.ready()
    await signals.first
    systemd.stopping()
    unwatch?.()
    const { stopTimeoutMs } = agent
    events.stopping(stopTimeoutMs / 1000)
    const left = await agent.stop(AbortSignal.any([AbortSignal.timeout(stopTimeoutMs), signals.second]))
    events.stopped(left)
    return ExitCode.ok
  },
}

/** What every receiver listens on by default, one line each. */
function listenLines(): string {
  return receiverInstances(v.parse(configSchema, {})).map((instance) => {
    const address = addressOfInstance(instance)
    const { label, transport } = instance.receiver
    return address === undefined ? '' : `  ${label} on ${address.port}/${transport}\n`
  }).join('')
}

/** Reloads one after the other; several wishes that come meanwhile are one. */
function reloader(agent: Agent, events: Events, context: CommandContext): () => void {
  let isBusy = false
  let isWanted = false
  const reload = async (): Promise<void> => {
    isBusy = true
    while (isWanted) {
      isWanted = false
      try {
        const loaded = await loadFrom({ ...context, args: [] })
        events.logTo(await startLog(loaded.settings))
        events.reloaded(await agent.reload(loaded))
      } catch (error) {
        events.reloadFailed(errorMessage(error))
      }
    }
    isBusy = false
  }
  return () => {
    isWanted = true
    if (!isBusy) void reload()
  }
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
