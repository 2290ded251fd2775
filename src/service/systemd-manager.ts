import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { launchCommand } from '../platform/launch-command.ts'
import type { ServiceManager } from './service-manager.ts'
import { systemdUnit } from './systemd-unit.ts'

const UNIT = 'rontgen.service'
const FILE = `/etc/systemd/system/${UNIT}`

/** Whether systemd runs this machine, and this user may manage units. */
export function hasSystemd(): boolean {
  return process.platform === 'linux' && existsSync('/run/systemd/system') && process.getuid?.() === 0
}

/** Runs the agent as a systemd unit. */
export class SystemdManager implements ServiceManager {
  readonly name = `the systemd unit ${UNIT}`

  isRunning(): boolean {
    return spawnSync('systemctl', ['is-active', '--quiet', UNIT]).status === 0
  }

  startedAt(): string | undefined {
    if (!this.isRunning()) return undefined
    const { stdout } = spawnSync('systemctl', ['show', '-p', 'ActiveEnterTimestamp', '--value', UNIT], {
      encoding: 'utf8',
    })
    const time = new Date(stdout.trim())
    return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
  }

  /** Writes the unit if it is missing or differs; drop-ins are not touched. */
  start(config: string | undefined): Promise<void> {
    const [program, ...args] = launchCommand()
    if (args.length > 0) throw new Error('A systemd unit needs the executable; build it first')
    const unit = systemdUnit({ program, config })
    if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== unit) {
      writeFileSync(FILE, unit)
      systemctl('daemon-reload')
    }
    systemctl('enable', '--quiet', UNIT)
    systemctl('restart', UNIT)
    return Promise.resolve()
  }

  stop(): Promise<void> {
    systemctl('stop', UNIT)
    return Promise.resolve()
  }

  logCommand(follow: boolean): readonly [string, ...string[]] {
    return ['journalctl', '-u', UNIT, '-n', '200', ...(follow ? ['-f'] : [])]
  }
}

function systemctl(...args: string[]): void {
  const { status, stderr } = spawnSync('systemctl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`systemctl ${args.join(' ')}: ${stderr.trim()}; see journalctl -u ${UNIT}`)
}
