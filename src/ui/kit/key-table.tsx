import { useEffect, useRef } from 'preact/hooks'
import './key-table.css'

const keys: readonly (readonly [string, string])[] = [
  ['/', 'find an id or a service'],
  ['f', 'filter'],
  ['g m, g t, g a', 'map, traces, agent'],
  ['t, l', 'time range, live'],
  ['j, k, arrows', 'next, previous row or node'],
  ['Enter, Esc', 'open, close'],
  ['←, →', 'fold, unfold; with Shift the whole tree'],
  ['e, E', 'next, previous error'],
  ['1 to 8', 'tabs of a segment'],
  ['p', 'critical path'],
  ['+, -, 0', 'zoom the map, fit'],
  ['c', "copy the trace's id; with Alt as W3C has it"],
  ['?', 'this table'],
]

/** The dialog that lists the keys of the page. @param onClose is called when the user closes it */
export function KeyTable({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} class='keytable' onClose={onClose} aria-label='Keyboard'>
      <div class='row'>
        <h2 class='grow'>Keyboard</h2>
        <button type='button' class='btn' onClick={onClose}>Close</button>
      </div>
      <table class='mini'>
        <tbody>
          {keys.map(([key, what]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </dialog>
  )
}
