import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'

/** Copies a text to the clipboard. @param isBare whether it has no border @param children its label */
export function CopyButton(
  { text, isBare = false, children = 'Copy' }: { text: string; isBare?: boolean; children?: ComponentChildren },
) {
  return (
    <button
      type='button'
      class={isBare ? 'btn bare' : 'btn'}
      onClick={() => void navigator.clipboard.writeText(text)}
    >
      <Icon name='copy' />
      {children}
    </button>
  )
}
