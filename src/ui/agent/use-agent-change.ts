import { useState } from 'preact/hooks'
import { errorMessage } from '../../errors/error-message.ts'
import { callApi } from '../api.ts'

/** Changes what the agent keeps, one change at a time. */
export interface AgentChange {
  /** Why the last change failed; empty if it did not. */
  readonly problem: string
  /** Does nothing while another change has not ended. @param path of the admin port, such as `/queue/drop` */
  change(path: string, body: object): void
}

/** State of changes that the user makes. @param onChange is called after each, also if it failed */
export function useAgentChange(onChange: () => void): AgentChange {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const end = (text: string): void => {
    setBusy(false)
    setProblem(text)
    onChange()
  }
  return {
    problem,
    change(path, body) {
      if (isBusy) return
      setBusy(true)
      callApi(path, body).then(() => end(''), (error: unknown) => end(errorMessage(error)))
    },
  }
}
