import { useRef, useState } from 'preact/hooks'
import { parseTraceId } from '../../trace/trace-id.ts'
import { useFinder } from '../hooks/use-find.ts'
import { useKeys } from '../hooks/use-keys.ts'
import { Icon } from '../kit/icon.tsx'
import { changeQuery, goTo, type Route, type RouteQuery } from '../route.ts'
import './find-field.css'

/** Finds a trace by its id, or a service by its name: on the map if that has it, else in the list of traces. */
export function FindField({ route: { path, query } }: { route: Route }) {
  const isMap = path === '/'
  // The map dims what is not found, so there the text is in the URL. Elsewhere it is of use to this field alone.
  const [typed, setTyped] = useState({ path, text: '' })
  const text = isMap ? query.get('find') ?? '' : typed.path === path ? typed.text : ''
  const setText = (value: string): void => isMap ? changeQuery({ find: value }) : setTyped({ path, text: value })
  const input = useRef<HTMLInputElement>(null)
  const findInView = useFinder()
  useKeys({
    '/': (event) => {
      event.preventDefault()
      input.current?.focus()
    },
  })
  const find = (): void => {
    const wanted = text.trim()
    const traceId = parseTraceId(wanted)
    const leave = (target: string, query?: RouteQuery): void => {
      setTyped({ path, text: '' })
      goTo(target, query)
    }
    if (traceId !== undefined) leave(`/trace/${traceId}`)
    else if (wanted !== '') findInView(wanted, () => leave('/traces', { q: `service(${JSON.stringify(wanted)})` }))
  }
  return (
    <form
      class='field find'
      role='search'
      onSubmit={(event) => {
        event.preventDefault()
        find()
      }}
    >
      <Icon name='find' />
      <input
        id='find-field'
        name='find'
        ref={input}
        autoComplete='off'
        aria-label='Find a trace id or a service'
        placeholder='Trace id or service'
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <kbd class='only-w'>/</kbd>
    </form>
  )
}
