import type { Receiver } from '../component/receiver.ts'
import { receiverList } from '../receive/receiver-list.ts'
import type { Settings } from './schema.ts'

/** A receiver as the config has it. */
export interface ReceiverInstance {
  /** The receiver's own name, or with a number for an additional one: `otlp.grpc`, `otlp.grpc.2`. */
  readonly name: string
  readonly receiver: Receiver
  /** False if it is off. */
  readonly settings: false | object
}

/** Every receiver of the config, those that are off too. */
export function receiverInstances({ receive }: Pick<Settings, 'receive'>): ReceiverInstance[] {
  return receiverList.flatMap((receiver) => {
    const [group = '', leaf] = receiver.name.split('.')
    const inGroup = leaf === undefined ? receive : member(receive, group)
    const instance = { name: receiver.name, receiver, settings: settingsOf(member(inGroup, leaf ?? group)) }
    if (receiver.isRepeatable !== true || leaf === undefined) return [instance]
    const additional = member(inGroup, 'additional')
    const further = (Array.isArray(additional) ? additional : []).map((listener, i) => ({
      name: `${receiver.name}.${i + 2}`,
      receiver,
      settings: settingsOf(member(listener, leaf)),
    }))
    return [instance, ...further]
  })
}

/** Where a receiver that listens does so; undefined if it is off. @param name such as `otlp.http` */
export function listenAddress(settings: Pick<Settings, 'receive'>, name: string): ListenAddress | undefined {
  const instance = receiverInstances(settings).find((one) => one.name === name)
  return instance === undefined ? undefined : addressOfInstance(instance)
}

/** Where a receiver listens. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
}

/** Where an instance listens; undefined if it is off, or does not listen. */
export function addressOfInstance({ settings }: ReceiverInstance): ListenAddress | undefined {
  if (settings === false || !('host' in settings) || !('port' in settings)) return undefined
  const isTls = 'tls' in settings && settings.tls !== undefined
  return { host: String(settings.host), port: Number(settings.port), isTls }
}

/** A config in which every receiver is off: configs of other programs turn on what they name. */
export function receiversOff(): Record<string, unknown> {
  const receive: Record<string, unknown> = {}
  for (const { name } of receiverList) {
    const [group = '', leaf] = name.split('.')
    receive[group] = leaf === undefined ? false : { ...Object(receive[group]), [leaf]: false }
  }
  return receive
}

function member(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, key) : undefined
}

function settingsOf(value: unknown): false | object {
  return typeof value === 'object' && value !== null ? value : false
}
