import './metadata-tab.css'

/** Levels of the tree: what draws them calls itself for each. */
const MAX_LEVELS = 40

/** A JSON value as a tree whose objects and lists can be folded; what is very deep in it is text. */
export function MetadataTab({ value, level = 0 }: { value: unknown; level?: number }) {
  if (isLeaf(value) || level === MAX_LEVELS) return <span class='mono'>{JSON.stringify(value)}</span>
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
                <MetadataTab value={inner} level={level + 1} />
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
