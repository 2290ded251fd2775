import type { ComponentChildren } from 'preact'
import { useErrorBoundary } from 'preact/hooks'
import { EmptyNote } from './empty-note.tsx'

/** Shows why its children cannot be shown, if they fail: the rest of the page goes on. */
export function ErrorBoundary({ children }: { children: ComponentChildren }) {
  const [error, reset] = useErrorBoundary()
  if (error === undefined) return <>{children}</>
  return (
    <EmptyNote>
      This cannot be shown: {error instanceof Error ? error.message : 'it fails'}.{' '}
      <button type='button' class='btn' onClick={reset}>Try again</button>
    </EmptyNote>
  )
}
