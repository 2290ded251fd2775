import { createSocket } from 'node:dgram'
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { formatBytes } from '../bytes/format-bytes.ts'
import type { Env, Finding } from '../component/finding.ts'
import { addressOfInstance, receiverInstances } from '../config/receiver-instances.ts'
import type { Settings } from '../config/schema.ts'
import { IN_MEMORY } from '../sqlite/open-database.ts'

/** A port that the agent must listen on. */
interface PortToBind {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly isUdp: boolean
}

/** Checks what the agent needs of this machine. @param isRunning whether the agent runs, and so has its ports */
export async function checkMachine(
  settings: Settings,
  queueDir: string,
  isRunning: boolean,
  env: Env,
): Promise<Finding[]> {
  return [
    ...(isRunning ? [] : await Promise.all(portsOf(settings).map(checkPort))),
    await checkLoopback(),
    checkSpool(queueDir, settings.queue.maxBytes),
    ...await checkReceivers(settings, env),
  ]
}

function portsOf(settings: Settings): PortToBind[] {
  const ports = receiverInstances(settings).flatMap((instance): PortToBind[] => {
    const address = addressOfInstance(instance)
    return address === undefined
      ? []
      : [{ name: instance.name, ...address, isUdp: instance.receiver.transport === 'udp' }]
  })
  const { admin } = settings
  return admin === false ? ports : [...ports, { name: 'admin', ...admin, isUdp: false }]
}

async function checkPort({ name, host, port, isUdp }: PortToBind): Promise<Finding> {
  const kind = `${isUdp ? 'UDP' : 'TCP'} ${host}:${port}`
  try {
    await (isUdp ? bindUdp(host, port) : bindTcp(host, port))
    return { name: `port ${name}`, state: 'ok', message: `${kind} is free` }
  } catch (error) {
    const code = codeOf(error)
    return {
      name: `port ${name}`,
      state: 'fail',
      message: code === 'EADDRINUSE' ? `${kind} is in use by another program` : `${kind} cannot be bound: ${code}`,
      advice: code === 'EADDRINUSE'
        ? `find it with "ss -lnp${
          isUdp ? 'u' : 't'
        } sport = :${port}", often the X-Ray daemon or the CloudWatch agent; stop it, or set another port`
        : code === 'EACCES'
        ? 'ports below 1024 need the right to bind them; set another port'
        : 'set an address that this machine has',
    }
  }
}

function bindTcp(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()))
  })
}

function bindUdp(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', reject)
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve()))
  })
}

/** Sends a datagram to its own socket. */
async function checkLoopback(): Promise<Finding> {
  const socket = createSocket('udp4')
  try {
    const hasArrived = await new Promise<boolean>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('message', () => resolve(true))
      setTimeout(() => resolve(false), 500)
      socket.bind(0, '127.0.0.1', () => socket.send('rontgen', socket.address().port, '127.0.0.1'))
    })
    return hasArrived ? { name: 'udp', state: 'ok', message: 'datagrams to 127.0.0.1 arrive' } : {
      name: 'udp',
      state: 'fail',
      message: 'a datagram to 127.0.0.1 did not arrive',
      advice: 'check the firewall',
    }
  } catch (error) {
    return {
      name: 'udp',
      state: 'fail',
      message: `no datagram can be sent to 127.0.0.1: ${codeOf(error)}`,
      advice: 'is the interface lo up?',
    }
  } finally {
    socket.close()
  }
}

function checkSpool(dir: string, maxBytes: number): Finding {
  if (dir === IN_MEMORY) {
    return {
      name: 'spool',
      state: 'warn',
      message: 'is in memory: undelivered documents are lost when the agent ends',
      advice: 'set queue.dir',
    }
  }
  try {
    mkdirSync(dir, { recursive: true })
    accessSync(dir, constants.W_OK)
    const { bavail, bsize } = statfsSync(existsSync(dir) ? dir : dirname(dir))
    const free = bavail * bsize
    if (free < maxBytes) {
      return {
        name: 'spool',
        state: 'warn',
        message: `"${dir}" has ${formatBytes(free)} free, and may grow to ${formatBytes(maxBytes)}`,
        advice: 'make room, or set a smaller queue.maxBytes',
      }
    }
    return { name: 'spool', state: 'ok', message: `"${dir}" can be written, ${formatBytes(free)} free` }
  } catch (error) {
    return {
      name: 'spool',
      state: 'fail',
      message: `"${dir}" cannot be written: ${codeOf(error)}`,
      advice: 'let the user of the agent write there, or set queue.dir',
    }
  }
}

/** What receivers that are on check themselves; findings of additional listeners begin with their names. */
async function checkReceivers(settings: Settings, env: Env): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, receiver, settings: receiverSettings } of receiverInstances(settings)) {
    if (receiverSettings === false) continue
    const found = await receiver.check?.(receiverSettings, env) ?? []
    const isFirst = name === receiver.name
    findings.push(...isFirst ? found : found.map((finding) => ({ ...finding, name: `${name} ${finding.name}` })))
  }
  return findings
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
