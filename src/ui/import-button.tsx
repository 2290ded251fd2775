import { errorMessage } from '../errors/error-message.ts'
import { useRef, useState } from 'preact/hooks'
import { importTraces } from './export-trace.ts'
import { Icon } from './outcome.tsx'
import { goTo } from './page-location.ts'

/** Takes a file of a trace, and shows it. */
export function ImportButton() {
  const [flaw, setFlaw] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    try {
      const [first] = await importTraces(await file.text())
      setFlaw('')
      if (first !== undefined) goTo(`/trace/${first}`)
    } catch (error) {
      setFlaw(errorMessage(error))
    }
    if (field.current !== null) field.current.value = ''
  }
  return (
    <>
      <button type='button' class='btn' onClick={() => field.current?.click()}>Import</button>
      <input
        ref={field}
        type='file'
        accept='.json,.jsonl,application/json'
        class='heard'
        tabIndex={-1}
        aria-label='Import a trace'
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
      {flaw !== '' && (
        <span class='st error' role='status'>
          <Icon name='error' />
          {flaw}
        </span>
      )}
    </>
  )
}
