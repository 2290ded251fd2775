import { existsSync, readFileSync } from 'node:fs'
import { formatBytes } from '../../bytes/format-bytes.ts'
import type { Finding } from '../../component/finding.ts'

/**
 * Checks whether the kernel allows the buffer of the socket, where it says so (Linux: net.core.rmem_max).
 *
 * @param receiveBuffer the buffer of the settings, in bytes
 */
export function checkBuffer(receiveBuffer: number, file = '/proc/sys/net/core/rmem_max'): Finding[] {
  if (!existsSync(file)) return []
  const maxBuffer = Number(readFileSync(file, 'utf8'))
  return [
    maxBuffer < receiveBuffer
      ? {
        name: 'limits',
        state: 'warn',
        message: `the kernel limits UDP buffers to ${formatBytes(maxBuffer)}; receive.xray.udp.receiveBuffer is ${
          formatBytes(receiveBuffer)
        }`,
        advice: `sysctl -w net.core.rmem_max=${receiveBuffer}, if bursts of X-Ray documents are lost`,
      }
      : { name: 'limits', state: 'ok', message: `the kernel allows a UDP buffer of ${formatBytes(receiveBuffer)}` },
  ]
}
