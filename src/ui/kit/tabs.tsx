import type { ComponentChildren } from 'preact'
import './tabs.css'

/** A tab of {@link Tabs}. */
export interface Tab<Name extends string> {
  readonly name: Name
  /** What is written on it; its name if absent. */
  readonly label?: ComponentChildren
  /** Where a new browser tab would lead. */
  readonly href: string
  /** Whether there is nothing to see on it. */
  readonly isEmpty?: boolean
}

/** A row of tabs. @param label what the tabs are of, for screen readers @param onSelect opens a tab */
export function Tabs<Name extends string>({ label, tabs, selected, onSelect }: {
  label: string
  tabs: readonly Tab<Name>[]
  selected: Name
  onSelect: (name: Name) => void
}) {
  return (
    <div class='tabs' role='tablist' aria-label={label}>
      {tabs.map(({ name, label: text = name, href, isEmpty = false }) => (
        <a
          key={name}
          role='tab'
          href={href}
          aria-selected={name === selected}
          class={isEmpty ? 'none' : ''}
          onClick={(event) => {
            event.preventDefault()
            event.stopPropagation()
            onSelect(name)
          }}
        >
          {text}
        </a>
      ))}
    </div>
  )
}
