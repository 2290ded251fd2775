import type { Receiver } from '../component/receiver.ts'
import { receiverList } from '../receive/receiver-list.ts'
import type { Settings } from './schema.ts'

/** A receiver of the config. */
export interface ReceiverInstance {
  /** The receiver's name, with a number for an additional listener: `otlp.grpc`, `otlp.grpc.2`. */
  readonly name: string
  /** Its key in the config: `receive.otlp.grpc`, `receive.otlp.additional.0.grpc`. */
  readonly path: string
  readonly receiver: Receiver
  /** False if it is off. */
  readonly settings: false | object
}

/** Every receiver of the config, including those that are off. */
export function receiverInstances({ receive }: Pick<Settings, 'receive'>): ReceiverInstance[] {
  return receiverList.flatMap((receiver) => {
    const [group = '', leaf] = receiver.name.split('.')
    const inGroup = leaf === undefined ? receive : member(receive, group)
    const settings = settingsOf(member(inGroup, leaf ?? group))
    const instance = { name: receiver.name, path: `receive.${receiver.name}`, receiver, settings }
    if (receiver.isRepeatable !== true || leaf === undefined) return [instance]
    const additional = member(inGroup, 'additional')
    const others = (Array.isArray(additional) ? additional : []).map((listener, i) => ({
      name: `${receiver.name}.${i + 2}`,
      path: `receive.${group}.additional.${i}.${leaf}`,
      receiver,
      settings: settingsOf(member(listener, leaf)),
    }))
    return [instance, ...others]
  })
}

/** The address of a receiver; undefined if it is off, or does not listen. @param name such as `otlp.http` */
export function listenAddress(settings: Pick<Settings, 'receive'>, name: string): ListenAddress | undefined {
  const instance = receiverInstances(settings).find((candidate) => candidate.name === name)
  return instance === undefined ? undefined : addressOfInstance(instance)
}

/** The address that a receiver listens on. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
}

/** The address of an instance; undefined if it is off, or does not listen. */
export function addressOfInstance({ settings }: ReceiverInstance): ListenAddress | undefined {
  if (settings === false || !('host' in settings) || !('port' in settings)) return undefined
  const isTls = 'tls' in settings && settings.tls !== undefined
  return { host: String(settings.host), port: Number(settings.port), isTls }
}

/** The `receive` section with every receiver off, to which configs of other programs add those that they name. */
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
