import { IN_MEMORY } from '../sqlite/open-database.ts'
import { createSocket } from 'node:dgram'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { addressOfInstance, receiverInstances } from '../config/receiver-instances.ts'
import type { Settings } from '../config/schema.ts'
import type { Finding } from '../component/finding.ts'

/** A port that the agent must listen on. */
interface PortToBind {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly isUdp: boolean
}

/** Looks at what the agent needs of this machine. @param isRunning whether it runs: then its ports are its own */
export async function checkMachine(settings: Settings, queueDir: string, isRunning: boolean): Promise<Finding[]> {
  return [
    ...(isRunning ? [] : await Promise.all(portsOf(settings).map(checkPort))),
    await checkLoopback(),
    checkSpool(queueDir, settings.queue.maxBytes),
    ...checkLimits(settings),
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
      message: code === 'EADDRINUSE' ? `${kind} is taken by another program` : `${kind} cannot be had: ${code}`,
      advice: code === 'EADDRINUSE'
        ? `find it with "ss -lnp${
          isUdp ? 'u' : 't'
        } sport = :${port}", as the X-Ray daemon or the CloudWatch agent; stop it, or set another port`
        : code === 'EACCES'
        ? 'ports under 1024 need rights; set another port'
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

/** Sends a datagram to itself. */
async function checkLoopback(): Promise<Finding> {
  const socket = createSocket('udp4')
  try {
    const came = await new Promise<boolean>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('message', () => resolve(true))
      setTimeout(() => resolve(false), 500)
      socket.bind(0, '127.0.0.1', () => socket.send('rontgen', socket.address().port, '127.0.0.1'))
    })
    return came ? { name: 'udp', state: 'ok', message: 'datagrams to 127.0.0.1 arrive' } : {
      name: 'udp',
      state: 'fail',
      message: 'a datagram to 127.0.0.1 did not arrive',
      advice: 'look at the firewall',
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
      message: 'is in memory: what waits is lost when the agent ends',
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
        message: `"${dir}" has ${megabytes(free)} free, and may grow to ${megabytes(maxBytes)}`,
        advice: 'make room, or set a smaller queue.maxBytes',
      }
    }
    return { name: 'spool', state: 'ok', message: `"${dir}" can be written, ${megabytes(free)} free` }
  } catch (error) {
    return {
      name: 'spool',
      state: 'fail',
      message: `"${dir}" cannot be written: ${codeOf(error)}`,
      advice: 'give the user of the agent the right to write it, or set queue.dir',
    }
  }
}

function checkLimits({ receive }: Settings): Finding[] {
  const file = '/proc/sys/net/core/rmem_max'
  if (receive.xray.udp === false || !existsSync(file)) return []
  const most = Number(readFileSync(file, 'utf8'))
  const { receiveBuffer } = receive.xray.udp
  return [
    most < receiveBuffer
      ? {
        name: 'limits',
        state: 'warn',
        message: `the kernel gives UDP a buffer of ${megabytes(most)}, of ${
          megabytes(receiveBuffer)
        } that are asked for`,
        advice: `sysctl -w net.core.rmem_max=${receiveBuffer}, if bursts of X-Ray documents get lost`,
      }
      : { name: 'limits', state: 'ok', message: `the kernel gives UDP a buffer of ${megabytes(receiveBuffer)}` },
  ]
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`
}
