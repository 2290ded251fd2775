import { useEffect, useRef } from 'preact/hooks'
import type { Service } from '../api.ts'
import { type Find, useFind } from '../hooks/use-find.ts'
import { changeQuery } from '../route.ts'
import { isNamed, serviceKey } from './chosen.ts'

/**
 * Lets the find field open a service on the map by a part of its name, also while the map is being read.
 *
 * @param services undefined until they are read
 */
export function useFindService(services: readonly Service[] | undefined): void {
  const waiting = useRef<Parameters<Find> | undefined>(undefined)
  const find: Find = (name, otherwise) => {
    waiting.current = services === undefined ? [name, otherwise] : undefined
    if (services === undefined) return
    const found = services.find((service) => isNamed(service, name))
    if (found === undefined) otherwise()
    else changeQuery({ node: serviceKey(found), edge: undefined }, true)
  }
  useFind(find)
  useEffect(() => {
    if (waiting.current !== undefined) find(...waiting.current)
  }, [services])
}
