// Runs checks and prints how each went.
import { spawnSync } from 'node:child_process'

/**
 * Runs checks, each of which returns what is wrong. One that throws has failed, as one has that finds something.
 *
 * @param checks by name: a function that returns one text for each thing that is wrong
 * @param print takes each line
 * @returns how many passed and failed
 */
export function runChecks(checks, print) {
  let failed = 0
  for (const [name, check] of Object.entries(checks)) {
    const issues = issuesOf(check)
    print(`${issues.length === 0 ? 'pass' : 'FAIL'}  ${name}`)
    for (const issue of issues) print(issue)
    if (issues.length > 0) failed++
  }
  return { passed: Object.keys(checks).length - failed, failed }
}

function issuesOf(check) {
  try {
    const result = check()
    if (!Array.isArray(result)) throw new TypeError(`A check must return a list, not ${String(result)}`)
    return result
  } catch (error) {
    return [`The check broke down: ${error instanceof Error ? error.stack : String(error)}`]
  }
}

/**
 * A check that is a program.
 *
 * @param find finds the program, when the check runs
 * @param args its arguments
 * @param cwd where it runs
 * @returns a check that finds something if the program cannot run, is killed, or ends with another code than 0
 */
export function programCheck(find, args, cwd) {
  return () => {
    const command = find()
    const { status, signal, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
    if (error !== undefined) return [`Cannot run ${command}: ${error.message}`]
    if (status === 0) return []
    const output = `${stdout}${stderr}`.trimEnd()
    return [output === '' ? `${command} ended with ${signal ?? status} and said nothing` : output]
  }
}
