import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Rows beyond those that are seen, above and below. */
const MORE = 20

/** Which rows of a long list are drawn. */
export interface RowWindow {
  /** Goes to the element that scrolls. */
  readonly ref: { readonly current: HTMLDivElement | null }
  readonly onScroll: () => void
  readonly first: number
  /** Behind the last one. */
  readonly end: number
  /** Pixels that stand for the rows that are not drawn. */
  readonly before: number
  readonly behind: number
  /** Scrolls so that a row is seen. */
  show(row: number): void
}

/**
 * Draws of rows of one height only those that are seen, so that any number of them stays smooth.
 *
 * @param outer what scrolls, if it is an element around; its scrolling is then watched
 */
export function useWindow(count: number, outer?: { readonly current: HTMLDivElement | null }): RowWindow {
  const own = useRef<HTMLDivElement | null>(null)
  const ref = outer ?? own
  const [view, setView] = useState({ top: 0, height: 1200, row: 28 })
  const look = (): void => {
    const element = ref.current
    if (element === null) return
    const row = parseFloat(getComputedStyle(element).getPropertyValue('--row-h')) || 28
    const next = { top: element.scrollTop, height: element.clientHeight, row }
    setView((old) => (old.top === next.top && old.height === next.height && old.row === next.row ? old : next))
  }
  useLayoutEffect(() => {
    look()
    addEventListener('resize', look)
    outer?.current?.addEventListener('scroll', look, { passive: true })
    return () => {
      removeEventListener('resize', look)
      outer?.current?.removeEventListener('scroll', look)
    }
  }, [])
  const first = Math.max(0, Math.min(count, Math.floor(view.top / view.row)) - MORE)
  const end = Math.min(count, Math.ceil((view.top + view.height) / view.row) + MORE)
  return {
    ref,
    onScroll: look,
    first,
    end,
    before: first * view.row,
    behind: (count - end) * view.row,
    show(row) {
      const element = ref.current
      if (element === null || row < 0) return
      const top = row * view.row
      // The head of the list covers one row.
      if (top < element.scrollTop) element.scrollTop = top
      else if (top + 2 * view.row > element.scrollTop + view.height) {
        element.scrollTop = top + 2 * view.row - view.height
      }
    },
  }
}
