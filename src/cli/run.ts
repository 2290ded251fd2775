import * as v from 'valibot'
import { type Agent, startAgent } from '../agent/agent.ts'
import { addressOfInstance, receiverInstances } from '../config/receiver-instances.ts'
import { configSchema } from '../config/schema.ts'
import { ExitCode } from '../errors/command-error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { watchFile } from '../platform/watch-file.ts'
import { NotifySystemd } from '../service/notify-systemd.ts'
import { writeStdout } from '../platform/write-stdout.ts'
import { Events } from '../telemetry/events.ts'
import { startLog } from '../telemetry/start-log.ts'
import { VERSION } from '../version.ts'
import { claimDaemonLine } from './claim-daemon-line.ts'
import type { Command, CommandContext } from './command.ts'
import { configOptions, loadFrom } from './config-options.ts'

/** Runs the agent until it is asked to stop. */
export const run: Command = {
  name: 'run',
  summary: 'run the agent in the foreground; the default command',
  args: '',
  get details() {
    return 'Listens on\n' +
      listenLines() +
      'and exports to AWS X-Ray if the config says so. Otherwise keeps traces on this machine and prints one line per trace.\n' +
      'SIGTERM and Ctrl-C stop the agent after it has delivered what is queued; a second signal stops it at once. SIGHUP\n' +
      'and changes of the config file reload the config; an invalid config leaves the current one in force.'
  },
  options: configOptions,
  claim: claimDaemonLine,
  async run(context) {
    const { env, print, daemon } = context
    if (daemon?.asks === 'version') {
      print(`rontgen ${VERSION}, in the place of the AWS X-Ray daemon\n`)
      return ExitCode.ok
    }
    // Others read nothing of what is written from here on, be it a rotated log.
    process.umask(0o077)
    const loaded = await loadFrom({ ...context, args: [] })
    const { settings, file, notes } = loaded
    const events = new Events(await startLog(settings))
    for (const note of notes) events.configNote(note)
    const signals = listenForSignals()
    // A SIGHUP or a change of the config during the start must not be lost; a SIGHUP must not end the process.
    let isReloadPending = false
    let reload = (): void => void (isReloadPending = true)
    process.on('SIGHUP', () => reload())
    const unwatch = file === undefined ? undefined : watchFile(file, () => reload())
    const agent = await startAgent(loaded, { events, env, print: writeStdout })
    reload = reloader(agent, events, context)
    if (isReloadPending) reload()
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

/** Makes a function that reloads the config. Reloads run one at a time; requests during a reload cause one more. */
function reloader(agent: Agent, events: Events, context: CommandContext): () => void {
  let isReloading = false
  let isRequested = false
  const reload = async (): Promise<void> => {
    isReloading = true
    while (isRequested) {
      isRequested = false
      try {
        const loaded = await loadFrom({ ...context, args: [] })
        events.logTo(await startLog(loaded.settings))
        const { changes, exporters } = await agent.reload(loaded)
        events.reloaded(changes, exporters)
      } catch (error) {
        events.reloadFailed(errorMessage(error))
      }
    }
    isReloading = false
  }
  return () => {
    isRequested = true
    if (!isReloading) void reload()
  }
}

/** The first signal asks for a stop, the second one for an immediate stop. */
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
