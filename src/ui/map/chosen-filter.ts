import type { Service } from '../api.ts'
import type { Chosen } from './chosen.ts'

/** The filter expression for the traces of what is chosen on the map. */
export function chosenFilter(chosen: Chosen): string {
  if (chosen.kind === 'service') return `service(${idOf(chosen.service)})`
  // Clients are not a service that a trace could have.
  return chosen.from.Type === 'client'
    ? `service(${idOf(chosen.to)})`
    : `edge(${idOf(chosen.from)}, ${idOf(chosen.to)})`
}

function idOf({ Name, Type = '' }: Service): string {
  return `id(name: ${JSON.stringify(Name)}${Type === '' ? '' : `, type: ${JSON.stringify(Type)}`})`
}
