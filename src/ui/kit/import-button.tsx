import { useRef, useState } from 'preact/hooks'
import { errorMessage } from '../../errors/error-message.ts'
import { goTo } from '../route.ts'
import { ErrorText } from './error-text.tsx'
import { importTraces } from './import-traces.ts'

/** Imports a file of traces, and goes to the first of them. */
export function ImportButton() {
  const [problem, setProblem] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const importFile = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    try {
      const [first] = await importTraces(await file.text())
      setProblem('')
      if (first !== undefined) goTo(`/trace/${first}`)
    } catch (error) {
      setProblem(errorMessage(error))
    }
    // The same file can be chosen again.
    if (field.current !== null) field.current.value = ''
  }
  return (
    <>
      <button type='button' class='btn' onClick={() => field.current?.click()}>Import</button>
      <input
        ref={field}
        type='file'
        accept='.json,.jsonl,application/json'
        class='visually-hidden'
        tabIndex={-1}
        aria-label='Import a trace'
        onChange={(event) => void importFile(event.currentTarget.files?.[0])}
      />
      <ErrorText text={problem} />
    </>
  )
}
