import { StateMark } from '../kit/state-mark.tsx'
import './map-legend.css'

/** What the colours and signs of the map mean. */
export function MapLegend() {
  return (
    <div class='legend'>
      <StateMark state='ok' />
      <StateMark state='error' word='error 4xx' />
      <StateMark state='fault' word='fault 5xx' />
      <StateMark state='throttle' word='throttle 429' />
    </div>
  )
}
