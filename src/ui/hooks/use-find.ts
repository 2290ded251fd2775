import { createContext } from 'preact'
import { useContext, useLayoutEffect } from 'preact/hooks'

/** Opens what a text names, now or once that is known; calls `otherwise` if there is nothing of that name. */
export type Find = (text: string, otherwise: () => void) => void

/** The way of the current view to find something; none if the view has nothing to find. */
interface FindHolder {
  current: Find | undefined
}

const FindContext = createContext<FindHolder>({ current: undefined })

/** Connects the find field with the view: {@link useFind} within it sets what {@link useFinder} returns. */
export const FindProvider = FindContext.Provider

/** Lets the find field find something in a view for as long as the view is shown. */
export function useFind(find: Find): void {
  const holder = useContext(FindContext)
  // Before anything is painted: whoever sees something may look for it.
  useLayoutEffect(() => {
    holder.current = find
    return () => {
      holder.current = undefined
    }
  })
}

/** Finds something in the current view; a view that has nothing to find has nothing of any name. */
export function useFinder(): Find {
  const holder = useContext(FindContext)
  return (text, otherwise) => holder.current === undefined ? otherwise() : holder.current(text, otherwise)
}
