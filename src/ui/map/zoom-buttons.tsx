import { Icon } from '../kit/icon.tsx'
import './zoom-buttons.css'

/** The buttons that zoom the map. @param onFit shows the whole map */
export function ZoomButtons(
  { onZoomIn, onZoomOut, onFit }: { onZoomIn: () => void; onZoomOut: () => void; onFit: () => void },
) {
  return (
    <div class='zoom' role='group' aria-label='Zoom'>
      <button type='button' class='btn' aria-label='Zoom in' onClick={onZoomIn}>+</button>
      <button type='button' class='btn' aria-label='Zoom out' onClick={onZoomOut}>−</button>
      <button type='button' class='btn' aria-label='Fit' onClick={onFit}>
        <Icon name='fit' />
      </button>
    </div>
  )
}
