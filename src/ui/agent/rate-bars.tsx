/** Steps of half a minute in the last half hour. */
const STEPS = 60
const STEP_WIDTH = 2
const HEIGHT = 26

/** A bar for each step of the last half hour. @param values the oldest first; missing ones are before it */
export function RateBars({ values }: { values: readonly number[] }) {
  const highest = Math.max(...values, 1e-9)
  return (
    <svg
      viewBox={`0 0 ${STEPS * STEP_WIDTH} ${HEIGHT}`}
      width='100%'
      height={HEIGHT}
      preserveAspectRatio='none'
      aria-hidden='true'
    >
      {values.map((value, i) => (
        <rect
          key={i}
          x={(STEPS - values.length + i) * STEP_WIDTH}
          width={1.5}
          y={HEIGHT - (value / highest) * (HEIGHT - 1)}
          height={Math.max(value === 0 ? 0.5 : 1, (value / highest) * (HEIGHT - 1))}
          fill='var(--bar)'
        />
      ))}
    </svg>
  )
}
