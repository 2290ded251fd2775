import type { Edge, Service } from '../api.ts'

/** What is chosen on the map: a service, or the calls from one to another. */
export type Chosen =
  | { readonly kind: 'service'; readonly service: Service }
  | { readonly kind: 'edge'; readonly from: Service; readonly to: Service; readonly edge: Edge }

/** The name of a service in the page's URLs: its name and type. */
export function serviceKey({ Name, Type }: Service): string {
  return `${Name} ${Type ?? ''}`.trim()
}

/** Whether a text is a part of a service's name, in upper or lower case. */
export function isNamed({ Name }: Service, text: string): boolean {
  return Name.toLowerCase().includes(text.toLowerCase())
}

/** The key of what is chosen. It stays the same when the map is read again. */
export function chosenKey(chosen: Chosen): string {
  return chosen.kind === 'service' ? serviceKey(chosen.service) : `${serviceKey(chosen.from)},${serviceKey(chosen.to)}`
}

/** Finds on the map what a query names by `node` or `edge`. @returns undefined if it names nothing that is there */
export function chosenOf(query: URLSearchParams, services: readonly Service[]): Chosen | undefined {
  const serviceOf = (key: string | null | undefined): Service | undefined =>
    services.find((service) => serviceKey(service) === key)
  const service = serviceOf(query.get('node'))
  if (service !== undefined) return { kind: 'service', service }
  const [from, to] = (query.get('edge') ?? '').split(',').map(serviceOf)
  const edge = from?.Edges.find(({ ReferenceId }) => ReferenceId === to?.ReferenceId)
  return from === undefined || to === undefined || edge === undefined ? undefined : { kind: 'edge', from, to, edge }
}
