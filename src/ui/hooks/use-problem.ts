import { createContext } from 'preact'
import { useContext, useEffect } from 'preact/hooks'

/** Shows a problem to the user; an empty text takes it away. */
type ReportProblem = (problem: string) => void

const ProblemContext = createContext<ReportProblem>(() => {})

/** Takes the problems that components below it report by {@link useProblem}. */
export const ProblemProvider = ProblemContext.Provider

/** Shows a problem above the view for as long as the component has it. @param problem empty if there is none */
export function useProblem(problem: string): void {
  const report = useContext(ProblemContext)
  useEffect(() => {
    report(problem)
    return () => report('')
  }, [problem, report])
}
