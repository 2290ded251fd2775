/** What a colour stands for. */
export type Outcome = 'ok' | 'error' | 'throttle' | 'fault'

const codes: Readonly<Record<Outcome, string>> = { ok: '32', error: '33', throttle: '35', fault: '31' }

/** Colours texts, on a terminal and where NO_COLOR (https://no-color.org) is not set. */
export function palette(env: Readonly<Record<string, string | undefined>>): (outcome: Outcome, text: string) => string {
  const isOn = process.stdout.isTTY === true && !env['NO_COLOR']
  return (outcome, text) => (isOn ? `\u001b[${codes[outcome]}m${text}\u001b[0m` : text)
}
