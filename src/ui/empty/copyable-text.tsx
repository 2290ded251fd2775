import { useState } from 'preact/hooks'
import './copyable-text.css'

/** A text to type or run, with a button that copies it and says so. */
export function CopyableText({ text }: { text: string }) {
  const [copied, setCopied] = useState('')
  const copy = (): void => void navigator.clipboard.writeText(text).then(() => setCopied(text))
  return (
    <div class='copy'>
      <pre class='box'>{text}</pre>
      <button type='button' class='btn' onClick={copy}>{copied === text ? 'Copied' : 'Copy'}</button>
    </div>
  )
}
