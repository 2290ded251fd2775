import type { Service } from '../api.ts'
import { serviceKey } from './chosen.ts'

/** With more ids than this, those of services that are gone are forgotten. */
const MAX_IDS = 1000

/**
 * Keeps the order and the ids of services, so that nothing moves or loses the focus: each answer of X-Ray's API has
 * other ids.
 *
 * @param services of an answer
 * @param ids the ids of services that were seen before, by {@link serviceKey}; the function keeps them up to date
 * @returns the services with those ids, in their order
 */
export function withStableIds(services: readonly Service[], ids: Map<string, number>): Service[] {
  const stable = new Map<number, number>()
  let next = Math.max(-1, ...ids.values()) + 1
  for (const service of services) {
    const key = serviceKey(service)
    const id = ids.get(key) ?? next++
    ids.set(key, id)
    stable.set(service.ReferenceId, id)
  }
  if (ids.size > MAX_IDS) forget(ids, new Set(services.map(serviceKey)))
  const idOf = (reference: number): number => stable.get(reference) ?? -1
  return services.map((service) => ({
    ...service,
    ReferenceId: idOf(service.ReferenceId),
    Edges: service.Edges.map((edge) => ({ ...edge, ReferenceId: idOf(edge.ReferenceId) })).sort((a, b) =>
      a.ReferenceId - b.ReferenceId
    ),
  })).sort((a, b) => a.ReferenceId - b.ReferenceId)
}

function forget(ids: Map<string, number>, kept: ReadonlySet<string>): void {
  for (const key of ids.keys()) if (!kept.has(key)) ids.delete(key)
}
