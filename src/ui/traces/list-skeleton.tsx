import './list-skeleton.css'

/** Stands for the list while it is read. */
export function ListSkeleton() {
  return (
    <table class='tt wait' aria-hidden='true'>
      <tbody>
        {[70, 60, 80, 55, 70, 65].map((width, i) => (
          <tr key={i}>
            <td>
              <i class='bone' style={{ width: `${width}%` }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
