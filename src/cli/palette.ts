import type { Outcome } from '../trace/outcome.ts'

/** Colours of ANSI terminals; a trace in progress has not failed so far. */
const codes: Readonly<Record<Outcome, string>> = {
  ok: '32',
  'in-progress': '32',
  error: '33',
  throttle: '35',
  fault: '31',
}

/**
 * Makes a function that colours a text by an outcome.
 *
 * @param env with NO_COLOR (https://no-color.org) texts stay as they are; so they do where stdout is no terminal
 */
export function palette(env: Readonly<Record<string, string | undefined>>): (outcome: Outcome, text: string) => string {
  const isOn = process.stdout.isTTY === true && !env['NO_COLOR']
  return (outcome, text) => (isOn ? `\u001b[${codes[outcome]}m${text}\u001b[0m` : text)
}
