import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TlsSettings } from '../component/values.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { ReceiverReport } from '../telemetry/receiver-report.ts'

/**
 * Remembers the certificates that a listener starts with.
 *
 * @returns a function that says whether the files have others now which can be used; those that cannot are reported
 */
export function certificateWatch(tls: TlsSettings | undefined, report: ReceiverReport): () => boolean {
  if (tls === undefined) return () => false
  const started = JSON.stringify(readAll(tls))
  return () => {
    try {
      const files = readAll(tls)
      if (JSON.stringify(files) === started) return false
      check(files)
      return true
    } catch (error) {
      report.certificatesUnusable(errorMessage(error))
      return false
    }
  }
}

/** @throws {Error} if a file is not PEM, or the key is not that of the certificate */
function check({ cert, key, ca }: { cert: string; key: string; ca?: string }): void {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error('The key is not that of the certificate')
  }
  if (ca !== undefined) new X509Certificate(ca)
}

function readAll({ cert, key, clientCa }: TlsSettings): { cert: string; key: string; ca?: string } {
  const [certText, keyText] = [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')]
  return { cert: certText, key: keyText, ...(clientCa === undefined ? {} : { ca: readFileSync(clientCa, 'utf8') }) }
}
