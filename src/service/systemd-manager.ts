import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ownCommand } from '../platform/own-command.ts'
import type { ServiceManager } from './service-manager.ts'
import { systemdUnit } from './systemd-unit.ts'

const UNIT = 'rontgen.service'
const FILE = `/etc/systemd/system/${UNIT}`

/** Whether systemd runs this machine, and we may tell it what to do. */
export function hasSystemd(): boolean {
  return process.platform === 'linux' && existsSync('/run/systemd/system') && process.getuid?.() === 0
}

/** Runs the agent as a unit of systemd. */
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

  /** Writes the unit if it is not there, or is another; one that a person changed by a drop-in keeps that. */
  start(config: string | undefined): Promise<void> {
    const [program, ...args] = ownCommand()
    if (args.length > 0) throw new Error('systemd runs the executable; build it first')
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
