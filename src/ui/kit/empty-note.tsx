import type { ComponentChildren } from 'preact'
import './empty-note.css'

/** Says that a view has nothing to show, and what to do about it. */
export function EmptyNote({ children }: { children: ComponentChildren }) {
  return <p class='empty-note'>{children}</p>
}
