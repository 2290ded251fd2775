import './metadata-tab.css'

/** A JSON value as a tree whose objects and lists can be folded. */
export function MetadataTab({ value }: { value: unknown }) {
  if (isLeaf(value)) return <span class='mono'>{JSON.stringify(value)}</span>
  return (
    <ul class='tree'>
      {Object.entries(value).map(([name, inner]) => (
        <li key={name}>
          {isLeaf(inner) || Object.keys(inner).length === 0
            ? (
              <>
                <span class='mute'>{name}</span> <span class='mono'>{JSON.stringify(inner)}</span>
              </>
            )
            : (
              <details open>
                <summary>{name}</summary>
                <MetadataTab value={inner} />
              </details>
            )}
        </li>
      ))}
    </ul>
  )
}

function isLeaf(value: unknown): value is string | number | boolean | null | undefined {
  return typeof value !== 'object' || value === null
}
