/** The environment variables that a check looks at. */
export type Env = Readonly<Record<string, string | undefined>>

/** What a check found. */
export interface Finding {
  /** What was looked at, such as `credentials`. */
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail' | 'skip'
  readonly message: string
  /** What to do about it. */
  readonly advice?: string
}
