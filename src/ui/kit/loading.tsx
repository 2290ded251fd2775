/** Stands for a view that is being read. */
export function Loading() {
  return <div class='wait' aria-hidden='true' />
}
