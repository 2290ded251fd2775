import { formatAddress } from '../net/format-address.ts'
import { addressOfInstance, type ReceiverInstance } from './receiver-instances.ts'

/** A receiver that has the address of one before it. */
interface SharedAddress {
  /** The key of its port. */
  readonly path: string
  readonly address: string
  /** The path of the receiver that has the address already. */
  readonly other: string
}

/** The receivers that would listen at the address of another one; those on port 0 get ports of their own. */
export function sharedAddresses(instances: readonly ReceiverInstance[]): SharedAddress[] {
  const taken = new Map<string, string>()
  const shared: SharedAddress[] = []
  for (const instance of instances) {
    const { path, receiver } = instance
    const { host, port } = addressOfInstance(instance) ?? { host: '', port: 0 }
    if (port === 0) continue
    const address = formatAddress(host, port)
    const key = `${receiver.transport} ${address}`
    const other = taken.get(key)
    if (other === undefined) taken.set(key, path)
    else shared.push({ path: `${path}.port`, address, other })
  }
  return shared
}
