import { Icon } from './icon.tsx'

/** Why something that the user did failed, read out when it appears. @param text nothing is drawn if it is empty */
export function ErrorText({ text }: { text: string }) {
  if (text === '') return null
  return (
    <span class='st error' role='status'>
      <Icon name='error' />
      {text}
    </span>
  )
}
