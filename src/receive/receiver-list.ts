import type { Receiver } from '../component/receiver.ts'
import * as registry from './receivers.ts'

/** A receiver of the registry. */
export type RegisteredReceiver = (typeof registry)[keyof typeof registry]

/** Every receiver, by name. */
export const receiverList: readonly Receiver[] = Object.values(registry).toSorted((a, b) =>
  a.name.localeCompare(b.name)
)
