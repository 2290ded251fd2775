import { useRef, useState } from 'preact/hooks'

/** A rectangle of the map, in its pixels. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How far the user moved the map, in its pixels, and how much they magnified it. */
export interface View {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

const WHOLE: View = { x: 0, y: 0, zoom: 1 }
const MIN_ZOOM = 0.3
const MAX_ZOOM = 2
const WHEEL_STEP = 1.1

interface Position {
  readonly x: number
  readonly y: number
}

/**
 * Pans and zooms the map.
 *
 * @param boxOf the part of the map that is visible in a view
 * @param middle of the map when it is not moved, which zooming by keys and buttons keeps in place
 * @returns the view, what changes it, and the handlers and the ref of the map's svg element
 */
export function useViewport(boxOf: (view: View) => Box, middle: Position) {
  const [view, setView] = useState(WHOLE)
  const drag = useRef<Position | undefined>(undefined)
  const element = useRef<SVGSVGElement>(null)
  const box = boxOf(view)
  /** Pixels of the screen per pixel of the map. */
  const scaleOf = (svg: SVGSVGElement): number =>
    Math.min(svg.clientWidth / box.width, svg.clientHeight / box.height) || 1
  const zoomBy = (factor: number, pointer?: Position): void =>
    setView((old) => {
      const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, old.zoom * factor))
      const point = pointer ?? { x: middle.x / old.zoom, y: middle.y / old.zoom }
      // What lies under the pointer stays there.
      const moved = old.zoom / zoom
      return { zoom, x: old.x - point.x * (1 - moved), y: old.y - point.y * (1 - moved) }
    })
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault()
    if (element.current === null) return
    const scale = scaleOf(element.current)
    const frame = element.current.getBoundingClientRect()
    zoomBy(event.deltaY < 0 ? WHEEL_STEP : 1 / WHEEL_STEP, {
      x: (event.clientX - frame.left - (frame.width - box.width * scale) / 2) / scale,
      y: (event.clientY - frame.top - (frame.height - box.height * scale) / 2) / scale,
    })
  }
  const onPointerMove = ({ clientX, clientY }: PointerEvent): void => {
    const from = drag.current
    if (from === undefined || element.current === null) return
    const scale = scaleOf(element.current)
    drag.current = { x: clientX, y: clientY }
    setView((old) => ({ ...old, x: old.x + (clientX - from.x) / scale, y: old.y + (clientY - from.y) / scale }))
  }
  const reset = (): void => setView(WHOLE)
  const endDrag = (): void => {
    drag.current = undefined
  }
  return {
    box,
    zoom: view.zoom,
    zoomIn: () => zoomBy(1.25),
    zoomOut: () => zoomBy(0.8),
    reset,
    element,
    handlers: {
      onWheel,
      onPointerDown: (event: PointerEvent): void => {
        drag.current = { x: event.clientX, y: event.clientY }
      },
      onPointerUp: endDrag,
      onPointerLeave: endDrag,
      onPointerMove,
      onDblClick: reset,
    },
  }
}
