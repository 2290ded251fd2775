import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Rows that are drawn above and below those that are seen. */
const OVERSCAN = 20

/** Which rows of a long list are drawn. */
export interface RowWindow {
  /** The ref of the element that scrolls. */
  readonly ref: { readonly current: HTMLDivElement | null }
  /** The scroll handler of the element that scrolls. */
  readonly onScroll: () => void
  /** The index of the first row that is drawn. */
  readonly first: number
  /** The index after the last row that is drawn. */
  readonly end: number
  /** The height of the rows before them, in pixels. */
  readonly before: number
  /** The height of the rows after them, in pixels. */
  readonly after: number
  /** Scrolls until a row is seen. @param row its index; nothing happens if it is negative */
  show(row: number): void
}

/**
 * Finds which rows of a long list to draw, so that any number of them scrolls smoothly. All have one height, which is
 * `--row-h` of the element that scrolls.
 *
 * @param count the number of rows
 * @param outer the element that scrolls, if another component draws it; this hook then listens to its scrolling
 */
export function useWindow(count: number, outer?: { readonly current: HTMLDivElement | null }): RowWindow {
  const inner = useRef<HTMLDivElement | null>(null)
  const ref = outer ?? inner
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
  const first = Math.max(0, Math.min(count, Math.floor(view.top / view.row)) - OVERSCAN)
  const end = Math.min(count, Math.ceil((view.top + view.height) / view.row) + OVERSCAN)
  return {
    ref,
    onScroll: look,
    first,
    end,
    before: first * view.row,
    after: (count - end) * view.row,
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
