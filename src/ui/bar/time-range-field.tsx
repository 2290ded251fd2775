import { useRef, useState } from 'preact/hooks'
import { useKeys } from '../hooks/use-keys.ts'
import { Icon } from '../kit/icon.tsx'
import { changeQuery } from '../route.ts'
import { DEFAULT_RANGE, fixedRange, ranges } from '../time-range.ts'
import './time-range-field.css'

/** The time range: up to now, or from one moment to another. @param onFixed is called when the user sets a fixed one */
export function TimeRangeField({ query, onFixed }: { query: URLSearchParams; onFixed: () => void }) {
  const [isOpen, setOpen] = useState(false)
  const select = useRef<HTMLSelectElement>(null)
  useKeys({
    t: (event) => {
      event.preventDefault()
      select.current?.focus()
    },
  })
  const fixed = fixedRange(query)
  const chosen = fixed === undefined ? query.get('range') ?? DEFAULT_RANGE : 'fixed'
  return (
    <span class='ranger'>
      <label class='field'>
        <Icon name='clock' />
        <select
          id='range-field'
          ref={select}
          aria-label='Time range'
          value={chosen}
          onChange={(event) => {
            const range = event.currentTarget.value
            setOpen(range === 'fixed')
            if (range !== 'fixed') changeQuery({ range, from: undefined, to: undefined }, true)
          }}
        >
          {Object.keys(ranges).map((range) => <option key={range} value={range}>Last {range}</option>)}
          <option value='fixed'>
            {fixed === undefined ? 'From … to …' : `${formatMoment(fixed.from)} to ${formatMoment(fixed.to)}`}
          </option>
        </select>
      </label>
      {isOpen && (
        <FixedRangeForm
          from={fixed?.from ?? Date.now() / 1000 - 3600}
          to={fixed?.to ?? Date.now() / 1000}
          onChoose={(from, to) => {
            setOpen(false)
            onFixed()
            changeQuery({ range: undefined, from: from.toISOString(), to: to.toISOString() }, true)
          }}
        />
      )}
    </span>
  )
}

/** Asks for two moments. @param from what it proposes, in Unix seconds, as `to` @param onChoose takes what is chosen */
function FixedRangeForm(
  { from, to, onChoose }: { from: number; to: number; onChoose: (from: Date, to: Date) => void },
) {
  return (
    <form
      class='pop fixed'
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        const [start, end] = ['from', 'to'].map((name) => new Date(String(form.get(name))))
        if (start !== undefined && end !== undefined && start < end) onChoose(start, end)
      }}
    >
      <label>
        From <input name='from' type='datetime-local' step='1' required value={toFieldValue(from)} />
      </label>
      <label>
        To <input name='to' type='datetime-local' step='1' required value={toFieldValue(to)} />
      </label>
      <button type='submit' class='btn pri'>Show</button>
    </form>
  )
}

function formatMoment(seconds: number): string {
  const date = new Date(seconds * 1000)
  return date.toLocaleString(undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
}

/** The local time in the form of a field for date and time. */
function toFieldValue(seconds: number): string {
  const date = new Date(seconds * 1000)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
