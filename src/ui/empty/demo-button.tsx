import { useState } from 'preact/hooks'
import { callApi } from '../api.ts'
import { ErrorText } from '../kit/error-text.tsx'

/** Starts and stops the sample shop. */
export function DemoButton() {
  const [isRunning, setRunning] = useState(false)
  const [problem, setProblem] = useState('')
  const toggle = (): void => {
    callApi<{ isRunning: boolean }>('/demo', { run: !isRunning }).then(
      (answer) => setRunning(answer.isRunning),
      (error: Error) => setProblem(error.message),
    )
  }
  return (
    <p class='row'>
      <button type='button' class='btn pri' onClick={toggle}>{isRunning ? 'Stop the demo' : 'Run the demo'}</button>
      {isRunning && <span class='mute'>It starts; the first traces come in a second or two</span>}
      <ErrorText text={problem} />
    </p>
  )
}
