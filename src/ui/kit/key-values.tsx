import type { ComponentChildren } from 'preact'
import './key-values.css'

/** Names and their values, one pair per line. */
export function KeyValues({ rows }: { rows: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class='kv'>
      {rows.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
    </dl>
  )
}
